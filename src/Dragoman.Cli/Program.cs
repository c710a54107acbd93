using System.CommandLine;
using Dragoman.Cli;

Terminal.Prepare();
var root = new RootCommand("Dragoman: any model for every client of the Anthropic Messages API.");
ServeCommand.AddTo(root);
return await root.Parse(args).InvokeAsync();
