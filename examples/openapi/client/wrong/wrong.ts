// Nothing of this compiles: each call has one mistake.

import { shop } from "../src/client.js";

const client = shop("http://127.0.0.1:3000", "let-me-in");

await client.GET("/api/user");
await client.GET("/api/orders/{id}", { params: { path: { id: "seven" } } });
await client.GET("/api/users", { params: { query: { role: ["queen"] } } });
await client.POST("/api/users", {
  body: { name: "Ada", mail: "ada@example.com", role: "admin" },
});
const { data } = await client.GET("/api/orders/{id}", { params: { path: { id: 7 } } });
console.log(data?.price);
