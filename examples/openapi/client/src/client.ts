// The client of the shop: every path, parameter, body and answer has the type that openapi.json says.

import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

export function shop(baseUrl: string, token: string) {
  return createClient<paths>({
    baseUrl,
    headers: { authorization: `Bearer ${token}` },
  });
}
