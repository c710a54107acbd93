import { ask, client, print } from './client.mjs';

const options = ask(process.argv[2]);
print({ ga: await client.messages.create(options), beta: await client.beta.messages.create(options) });
