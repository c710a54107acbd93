using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Dragoman.MicroBenchmarks;

// In this process: the projects that BenchmarkDotNet would generate inherit this repository's rules and don't build under them.
var config = DefaultConfig.Instance.AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromTypes([typeof(RequestBenchmarks), typeof(EventBenchmarks)]).Run(args.Length == 0 ? ["--filter", "*"] : args, config);
