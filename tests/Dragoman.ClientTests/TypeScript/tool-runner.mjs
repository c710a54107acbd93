// The SDK's own loop.
import { ask, client, print, weather } from './client.mjs';

const cities = [];
const run = async ({ city }) => {
  cities.push(city);
  return `sunny in ${city}`;
};
const tool = { type: 'custom', ...weather, run, parse: (input) => input };
const message = await client.beta.messages.toolRunner({ ...ask(process.argv[2]), tools: [tool], stream: process.argv[3] === 'stream' }).runUntilDone();
print({ cities, message });
