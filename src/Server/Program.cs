Console.WriteLine("castellan");
