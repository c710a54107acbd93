import { ask, client, print } from './client.mjs';

const options = ask(process.argv[2]);
const edits = { betas: ['context-management-2025-06-27'], context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] } };
print({
  ga: await client.messages.create(options),
  beta: await client.beta.messages.create(options),
  edited: await client.beta.messages.create({ ...options, ...edits }),
  editedStream: await client.beta.messages.stream({ ...options, ...edits }).finalMessage(),
});
