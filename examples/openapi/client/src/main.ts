// Buys something: `node dist/main.js http://127.0.0.1:3000 let-me-in`.

import { shop } from "./client.js";

const [url = "http://127.0.0.1:3000", token = "let-me-in"] = process.argv.slice(2);
const client = shop(url, token);

const created = await client.POST("/api/users", {
  body: {
    name: "Ada",
    email: "ada@example.com",
    role: "customer",
    address: { street: "12 St James's Square", city: "London", country: "GB" },
  },
});
if (!created.data) {
  throw new Error(created.error.detail);
}
const user = created.data;
console.log(`user ${user.id} at ${created.response.headers.get("location")}`);

// An error has a type, too.
const again = await client.POST("/api/users", {
  body: { name: "Ada", email: "ada@example.com", role: "admin" },
});
console.log(`${again.response.status} ${again.error?.detail}`);

const placed = await client.POST("/api/users/{id}/orders", {
  params: { path: { id: user.id } },
  body: {
    lines: [{ sku: "ABC-1234", quantity: 2, price: 1950 }],
    payment: { method: "card", last_four: "4242" },
  },
});
if (!placed.data) {
  throw new Error(placed.error.detail);
}
const order = placed.data;
console.log(`order ${order.id}: ${order.total} cents, ${order.status}`);

const invoice = await client.PUT("/api/orders/{id}/invoice", {
  params: { path: { id: order.id } },
  body: { invoice: "two of ABC-1234" },
  bodySerializer: ({ invoice }) => {
    const form = new FormData();
    form.set("invoice", new Blob([invoice]), "invoice.txt");
    return form;
  },
});
console.log(`invoice: ${invoice.response.status}`);
const kept = await client.GET("/api/orders/{id}/invoice", {
  params: { path: { id: order.id } },
  parseAs: "text",
});
console.log(`invoice: ${kept.data}`);

const cancelled = await client.POST("/api/orders/{id}/cancel", {
  params: { path: { id: order.id } },
});
console.log(`order ${cancelled.data?.id}: ${cancelled.data?.status}`);

// Lists in the query string, enums, pages.
const users = await client.GET("/api/users", {
  params: { query: { role: ["customer", "clerk"], sort: "name", per_page: 10 } },
});
console.log(`users: ${users.data?.items.map(({ name }) => name).join()} of ${users.data?.total}`);

const nobody = await shop(url, "guess").GET("/api/users");
console.log(`${nobody.response.status} ${nobody.error?.title}`);
