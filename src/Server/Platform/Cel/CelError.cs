using System.Runtime.InteropServices;

namespace Castellan.Platform.Cel;

/// <summary>A place in a source text: line and column count from 1, columns in code points.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CelPosition(int Line, int Column)
{
    public override string ToString() => $"{Line}:{Column}";
}

/// <summary>
/// What is wrong with an expression, or went wrong in an evaluation. <paramref name="Message"/> says what, <paramref
/// name="Hint"/> what to write instead, where that can be known.
/// </summary>
internal sealed record CelError(int Line, int Column, string Message, string? Hint = null)
{
    public static CelError At(CelPosition at, string message, string? hint = null) =>
        new(at.Line, at.Column, message, hint);

    public override string ToString() => $"{Line}:{Column}: {Message}{(Hint is null ? "" : " " + Hint)}";
}
