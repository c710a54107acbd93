Console.WriteLine("upstreams");
