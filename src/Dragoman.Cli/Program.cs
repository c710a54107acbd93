using System.CommandLine;
using Dragoman.Cli;
using Dragoman.Cli.Doctor;
using Dragoman.Cli.Launch;

Terminal.Prepare();
Guard.Prepare(args);
var root = new RootCommand("Dragoman: any model for every client of the Anthropic Messages API.");
ServeCommand.AddTo(root);
var own = LaunchCommand.AddTo(root, args);
DoctorCommand.AddTo(root);
InitCommand.AddTo(root);
CompletionCommand.AddTo(root);
CheckStreamCommand.AddTo(root);
ReplayCommand.AddTo(root);
ModelsCommand.AddTo(root);
PullCommand.AddTo(root);
MemoryCommands.AddTo(root);
StatusLineCommand.AddTo(root);
ConfigCommand.AddTo(root);
RouteCommand.AddTo(root, Console.Out, Console.Error);
HelpExamples.AddTo(root);
// Signals are the web host's business: the library would end the process after two seconds, in the middle of answers.
// Its own handler of exceptions would print stack traces.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
return await Guard.RunAsync(() => root.Parse(own).InvokeAsync(invocation));
