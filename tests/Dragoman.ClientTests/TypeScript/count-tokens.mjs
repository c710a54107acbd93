import { client, model, print, weather } from './client.mjs';

const ask = (content, more = {}) => ({ model, messages: [{ role: 'user', content }], ...more });
print({
  few: await client.messages.countTokens(ask('Hello')),
  many: await client.messages.countTokens(ask('word '.repeat(500))),
  tools: await client.messages.countTokens(ask('Hello', { tools: [weather] })),
  beta: await client.beta.messages.countTokens(ask('Hello')),
});
