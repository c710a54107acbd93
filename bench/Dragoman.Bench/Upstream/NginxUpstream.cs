using System.Globalization;

namespace Dragoman.Bench.Upstream;

/// <summary>nginx as an upstream that costs next to nothing: canned answers from files, one port for each kind of answer.</summary>
internal static class NginxUpstream
{
    /// <summary>The kinds of answer and their ports.</summary>
    public static IReadOnlyDictionary<string, int> Ports { get; } = new Dictionary<string, int>(StringComparer.Ordinal) { ["200"] = 18434, ["5000"] = 18435, ["tool"] = 18436 };

    /// <summary>Writes the answers and the configuration; returns the configuration's path.</summary>
    public static string Write(string folder, int portOffset)
    {
        const int longAnswer = 5000, toolCallBytes = 500_000;
        Answers(folder, "200", CannedAnswers.OllamaText(200), CannedAnswers.OpenAiText(200));
        Answers(folder, "5000", CannedAnswers.OllamaText(longAnswer), CannedAnswers.OpenAiText(longAnswer));
        Answers(folder, "tool", CannedAnswers.OllamaToolCall(toolCallBytes), CannedAnswers.OpenAiToolCall(toolCallBytes));
        var path = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(path, Configuration(folder, portOffset));
        return path;
    }

    private static void Answers(string folder, string kind, string ollama, string openAi)
    {
        var root = Path.Combine(folder, kind);
        Directory.CreateDirectory(Path.Combine(root, "api"));
        Directory.CreateDirectory(Path.Combine(root, "v1/chat"));
        File.WriteAllText(Path.Combine(root, "api/chat"), ollama);
        File.WriteAllText(Path.Combine(root, "api/show"), CannedAnswers.Show);
        File.WriteAllText(Path.Combine(root, "api/tags"), CannedAnswers.Tags);
        File.WriteAllText(Path.Combine(root, "api/version"), CannedAnswers.Version);
        File.WriteAllText(Path.Combine(root, "v1/chat/completions"), openAi);
    }

    // nginx serves files to GET only; a POST is refused with 405, which error_page turns into the file. A mirror to nowhere makes it read the whole body first,
    // as a model's server does; otherwise it answers a large request before it has come, which load generators don't understand.
    private static string Configuration(string folder, int portOffset)
    {
        var servers = Ports.Select(kind => string.Create(CultureInfo.InvariantCulture, $$"""
              server {
                listen 127.0.0.1:{{kind.Value + portOffset}} backlog=4096; root {{folder}}/{{kind.Key}}; error_page 405 =200 $uri; mirror /nowhere;
                location = /api/chat { default_type application/x-ndjson; }
                location = /v1/chat/completions { default_type text/event-stream; }
                location = /nowhere { internal; return 204; }
                location / { default_type application/json; }
              }
            """));
        return $$"""
            worker_processes 1; daemon off; pid {{folder}}/nginx.pid; error_log {{folder}}/nginx.log warn; worker_rlimit_nofile 65536;
            events { worker_connections 16384; }
            http {
              access_log off; client_max_body_size 64m; client_body_buffer_size 16m; tcp_nodelay on; sendfile on; keepalive_requests 1000000000; keepalive_timeout 3600s; open_file_cache max=100;
              client_body_temp_path {{folder}}/t1; proxy_temp_path {{folder}}/t2; fastcgi_temp_path {{folder}}/t3; uwsgi_temp_path {{folder}}/t4; scgi_temp_path {{folder}}/t5;
            {{string.Join('\n', servers)}}
            }
            """;
    }
}
