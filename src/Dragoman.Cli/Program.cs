using System.CommandLine;
using Dragoman.Cli;

Terminal.Prepare();
var root = new RootCommand("Dragoman: any model for every client of the Anthropic Messages API.");
ServeCommand.AddTo(root);
DoctorCommand.AddTo(root);
RouteCommand.AddTo(root, Console.Out, Console.Error);
// Signals are the web host's business: the library would end the process after two seconds, in the middle of answers.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
