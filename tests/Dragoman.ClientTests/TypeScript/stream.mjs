// finalMessage() throws when events come in a wrong order.
import { ask, client, print, weather } from './client.mjs';

const options = ask(process.argv[2], { tools: [weather], thinking: { type: 'adaptive', display: 'summarized' } });
const stream = client.messages.stream(options);
let text = '';
let pieces = 0;
let thinking = '';
stream.on('text', (delta) => {
  text += delta;
  pieces++;
});
stream.on('thinking', (delta) => (thinking += delta));
const message = await stream.finalMessage();
const beta = await client.beta.messages.stream(options).finalMessage();
print({ text, pieces, thinking, requestId: stream.request_id, message, beta });
