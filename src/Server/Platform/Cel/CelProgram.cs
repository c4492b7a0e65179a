namespace Castellan.Platform.Cel;

/// <summary>A checked expression.</summary>
internal sealed class CelProgram(string source, CelExpr root, CelEnvironment environment)
{
    public string Source => source;

    /// <summary>Typed, and with every name bound.</summary>
    public CelExpr Root => root;

    public CelType ResultType => root.Type;

    public CelEnvironment Environment => environment;
}
