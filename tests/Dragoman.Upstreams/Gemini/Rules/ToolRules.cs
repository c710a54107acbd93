using System.Text.Json;
using System.Text.RegularExpressions;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Gemini.Rules;

/// <summary>Functions, Google's own tools, and how functions are to be called.</summary>
internal static partial class ToolRules
{
    /// <summary>Checks <c>tools</c> and <c>toolConfig</c>.</summary>
    /// <exception cref="RequestFault">A rule is broken.</exception>
    public static void Check(GeminiRequestParts request)
    {
        CheckCombination(request);
        foreach (var (index, tool) in request.Tools.Index())
        {
            foreach (var (number, function) in tool.FindItems("functionDeclarations").Index())
            {
                CheckFunction(request, function, $"tools[{index}].function_declarations[{number}]");
            }
        }

        if (request.Functions.GroupBy(Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw RequestFault.Of(request.Flavour, $"Duplicate function declaration found: {twice.Key}", $"Duplicate function declaration found: {twice.Key}");
        }

        CheckCalling(request);
    }

    private static void CheckCombination(GeminiRequestParts request)
    {
        var ownTools = request.Offers("googleSearch") || request.Offers("urlContext") || request.Offers("codeExecution");
        if (ownTools && request.Functions.Count > 0)
        {
            throw RequestFault.Of(request.Flavour.IsVertex()
                ? "Multiple tools are supported only when they are all search tools."
                : request.Model.Thinking == ThinkingControl.Level
                    ? "Please enable tool_config.include_server_side_tool_invocations to use Built-in tools with Function calling."
                    : "Tool use with function calling is unsupported");
        }

        if (request.Flavour.IsVertex() && request.Tools.Count(tool => tool.FindItems("functionDeclarations").Any()) > 1)
        {
            throw RequestFault.Of("Multiple tools are supported only when they are all search tools.");
        }

        if (request.Tools.Any(tool => !tool.EnumerateObject().Any(field => field.Value.ValueKind != JsonValueKind.Array || field.Value.GetArrayLength() > 0)))
        {
            throw RequestFault.Of(request.Flavour, "* GenerateContentRequest.tools[0].tool_type: required one_of 'tool_type' must have one initialized field\n", "one or more tools have no function declarations.");
        }
    }

    private static void CheckFunction(GeminiRequestParts request, JsonElement function, string path)
    {
        var name = Name(function);
        if (!FunctionName().IsMatch(name))
        {
            throw RequestFault.Of(
                request.Flavour,
                $"* GenerateContentRequest.{path}.name: Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.\n",
                $"function name `{name}` is invalid. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.");
        }

        if (function.Find("parameters") is { } parameters)
        {
            if (function.Find("parametersJsonSchema") is not null)
            {
                throw RequestFault.Of($"Only one of parameters and parameters_json_schema may be set at 'GenerateContentRequest.{path}'.");
            }

            new SchemaRules(request, $"GenerateContentRequest.{path}.parameters", name).Check(parameters);
        }
        else if (function.Find("parametersJsonSchema") is { } schema)
        {
            JsonSchemaRules.Check(schema, $"{path}.parameters_json_schema");
        }
    }

    private static void CheckCalling(GeminiRequestParts request)
    {
        var mode = request.Calling.FindText("mode") ?? "AUTO";
        var allowed = request.Calling.FindItems("allowedFunctionNames").Select(name => name.GetString()!).ToList();
        if (request.Calling.ValueKind == JsonValueKind.Object && request.Functions.Count == 0)
        {
            throw RequestFault.Of("Function calling config is set without function_declarations.");
        }

        if (allowed.Count > 0 && mode is not ("ANY" or "VALIDATED"))
        {
            throw RequestFault.Of("Please set allowed_function_names only when function calling mode is ANY.");
        }

        if (allowed.Find(name => request.Functions.All(function => Name(function) != name)) is { } unknown)
        {
            throw RequestFault.Of($"`allowed_function_names` should be a subset of the function declarations: `{unknown}` is not declared.");
        }
    }

    private static string Name(JsonElement function) => function.FindText("name") ?? "";

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_.:-]{0,127}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FunctionName();
}
