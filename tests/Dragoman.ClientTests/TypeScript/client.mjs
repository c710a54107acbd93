// What the scripts here share: a client that never retries, so that the first answer counts. Address and key come from the environment.
import Anthropic from '@anthropic-ai/sdk';

export const model = 'claude-opus-5-5';

export const client = new Anthropic({ maxRetries: 0, timeout: 30_000 });

export const weather = {
  name: 'get_weather',
  description: 'The weather in a city',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

export const ask = (prompt, more = {}) => ({ model, max_tokens: 1000, messages: [{ role: 'user', content: prompt }], ...more });

export const print = (value) => console.log(JSON.stringify(value));
