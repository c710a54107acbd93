import Anthropic from '@anthropic-ai/sdk';
import { ask, client, print } from './client.mjs';

const failure = async (call) => {
  try {
    await call();
    return { kind: 'none' };
  } catch (error) {
    const kind = Object.keys(Anthropic).find((name) => typeof Anthropic[name] === 'function' && error.constructor === Anthropic[name]) ?? error.constructor.name;
    return { kind, status: error.status ?? null, type: error.type ?? null, message: error.message, requestId: error.requestID ?? null };
  }
};

print({
  badRequest: await failure(() => client.messages.create(ask('hello', { max_tokens: -1 }))),
  badBlock: await failure(() => client.messages.create({ ...ask(''), messages: [{ role: 'user', content: [{ type: 'nonsense' }] }] })),
  notFound: await failure(() => client.messages.create(ask('hello', { model: 'qwen9:1b' }))),
  notFoundStream: await failure(() => client.messages.stream(ask('hello', { model: 'qwen9:1b' })).finalMessage()),
  noModel: await failure(() => client.models.retrieve('qwen9:1b')),
  midStream: await failure(() => client.messages.stream(ask('[[error:mid]] [[text:typescript stream]]')).finalMessage()),
  whole: await failure(() => client.messages.create(ask('[[error:mid]] [[text:typescript whole]]'))),
});
