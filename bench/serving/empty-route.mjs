// fastify with one route that does nothing: what a prediction is measured beside. Prints its address.
import { fastify } from "fastify";

const app = fastify();
app.post("/", async () => ({}));
console.log(await app.listen({ host: "127.0.0.1", port: 0 }));
process.on("SIGTERM", () => app.close());
