Console.WriteLine("dragoman");
