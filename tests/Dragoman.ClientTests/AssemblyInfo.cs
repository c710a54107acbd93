// Each test runs a gateway and a client as processes of their own; side by side they would only take each other's time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
