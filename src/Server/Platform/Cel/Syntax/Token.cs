using System.Runtime.InteropServices;

namespace Castellan.Platform.Cel.Syntax;

internal enum TokenKind
{
    End,

    /// <summary>A name, also a reserved word.</summary>
    Ident,

    /// <summary>A name in backticks, which only a field may have.</summary>
    QuotedIdent,

    /// <summary>A number without a sign, a string or bytes.</summary>
    Literal,

    /// <summary>An operator or a bracket.</summary>
    Sign,
}

/// <summary>
/// A piece of the source; <paramref name="Text"/> is the name or the sign, <paramref name="Value"/> that of a
/// literal. 2^63, which only a minus before it makes an int, has an error for a value.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Token(TokenKind Kind, string Text, CelPosition At, CelValue Value = default)
{
    public bool Is(string sign) => Kind == TokenKind.Sign && Text == sign;

    public override string ToString() => Kind == TokenKind.End ? "the end" : $"'{Text}'";
}
