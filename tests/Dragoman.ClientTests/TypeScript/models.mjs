import { client, print } from './client.mjs';

const models = [];
for await (const model of client.models.list({ limit: 2 })) models.push(model);
const retrieved = [];
for (const { id } of models) retrieved.push(await client.models.retrieve(id));
const beta = [];
for await (const model of client.beta.models.list()) beta.push(model);
const byName = [];
for (const name of ['ollama/qwen3:8b', 'anthropic/qwen3:8b', 'claude-opus-5']) byName.push(await client.models.retrieve(name));
print({ models, retrieved, beta, byName });
