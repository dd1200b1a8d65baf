// A module whose namespace object is one of the values.
export const one = 1;
export let text = 'exported';
export const nested = { list: [1, 'two'] };
export default function main() {}
