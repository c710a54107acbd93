// One case a run: `node cases.mjs CASE`, with ANTHROPIC_BASE_URL set. Prints a JSON object for the test to look at.
import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic({ baseURL: process.env.ANTHROPIC_BASE_URL, apiKey: "dragoman", maxRetries: 0 });
const user = (content) => [{ role: "user", content }];
const echo = { name: "echo", description: "Says it again", input_schema: { type: "object", properties: { text: { type: "string" }, times: { type: "integer" } }, required: ["text"] } };

const cases = {
  async stream() {
    const seen = [];
    const stream = client.messages.stream({ model: "claude-sonnet-5", max_tokens: 1000, messages: user("[[text:Hello from TypeScript 👋]]") });
    stream.on("text", (piece) => seen.push(piece));
    const message = await stream.finalMessage();
    return { pieces: seen.length, joined: seen.join(""), message, requestId: stream.request_id };
  },
  async create() {
    return { message: await client.messages.create({ model: "claude-opus-5", max_tokens: 1000, messages: user("[[text:whole]]") }) };
  },
  async thinking() {
    const stream = client.messages.stream({ model: "claude-sonnet-5", max_tokens: 4000, thinking: { type: "adaptive" }, messages: user("[[think:let me see]] [[text:seen]]") });
    return { message: await stream.finalMessage() };
  },
  async tools() {
    const messages = user('[[tool:echo {"text":"a","times":"3"}]] [[and]] [[tool:echo {"text":"b"}]]');
    const first = await client.messages.stream({ model: "claude-sonnet-5", max_tokens: 1000, tools: [echo], messages }).finalMessage();
    const results = first.content.filter((block) => block.type === "tool_use").map((block) => ({ type: "tool_result", tool_use_id: block.id, content: `${block.input.text}!` }));
    const second = await client.messages.stream({ model: "claude-sonnet-5", max_tokens: 1000, tools: [echo], messages: [...messages, { role: "assistant", content: first.content }, { role: "user", content: results }] }).finalMessage();
    return { first, second };
  },
  async beta() {
    const request = { model: "claude-opus-5", max_tokens: 1000, messages: user("[[text:beta]]"), betas: ["context-management-2025-06-27"], context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] } };
    return { whole: await client.beta.messages.create(request), streamed: await client.beta.messages.stream(request).finalMessage() };
  },
  async count() {
    return { ga: await client.messages.countTokens({ model: "claude-opus-5", messages: user("some words to count") }), beta: await client.beta.messages.countTokens({ model: "claude-opus-5", messages: user("some words to count") }) };
  },
  async models() {
    const ids = [];
    for await (const model of client.models.list({ limit: 2 })) ids.push(model.id);
    return { ids, one: await client.models.retrieve("ollama/qwen3:8b"), claude: await client.models.retrieve("claude-opus-5") };
  },
  async notFound() {
    return failure(() => client.messages.create({ model: "qwen9:1b", max_tokens: 10, messages: user("hi") }));
  },
  async invalid() {
    return failure(() => client.messages.create({ model: "claude-opus-5", max_tokens: 10, messages: [{ role: "user", content: [{ type: "nonsense" }] }] }));
  },
  async midStream() {
    return failure(() => client.messages.stream({ model: "claude-opus-5", max_tokens: 100, messages: user("[[error]]") }).finalMessage());
  },
};

async function failure(call) {
  try {
    await call();
    return { thrown: null };
  } catch (error) {
    return { thrown: error.constructor.name, status: error.status ?? null, type: error.type ?? null, message: error.message, requestId: error.requestID ?? null };
  }
}

console.log(JSON.stringify(await cases[process.argv[2]]()));
