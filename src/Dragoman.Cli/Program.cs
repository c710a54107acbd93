using System.CommandLine;
using Dragoman.Cli;
using Dragoman.Cli.Doctor;
using Dragoman.Cli.Launch;

Terminal.Prepare();
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
return await root.Parse(own).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
