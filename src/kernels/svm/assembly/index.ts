/**
 * Random Fourier features of a block of rows, and the products that training on them needs. Every sum is float32 in an order of its
 * own, whichever thread forms it: results do not depend on how many there are.
 */
export * from "./frame";
export { gatherPass } from "./gathering";
export { multiplyPass } from "./multiplying";
export { projectPass } from "./projecting";
