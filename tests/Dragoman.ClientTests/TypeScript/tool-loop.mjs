// A loop as an application writes it: the blocks that came back are sent again as they are.
import { ask, client, print, weather } from './client.mjs';

const options = ask(process.argv[2], { tools: [weather], thinking: { type: 'adaptive' } });
let message = await client.messages.stream(options).finalMessage();
let rounds = 0;
while (message.stop_reason === 'tool_use') {
  rounds++;
  const results = message.content
    .filter((block) => block.type === 'tool_use')
    .map((call) => ({ type: 'tool_result', tool_use_id: call.id, content: `sunny in ${call.input.city}` }));
  options.messages.push({ role: 'assistant', content: message.content }, { role: 'user', content: results });
  message = await client.messages.stream(options).finalMessage();
}
print({ rounds, message });
