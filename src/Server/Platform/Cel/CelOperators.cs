namespace Castellan.Platform.Cel;

/// <summary>The functions behind the operators, named as in the specification.</summary>
internal static class CelOperators
{
    public const string And = "_&&_";
    public const string Or = "_||_";
    public const string Not = "!_";
    public const string Conditional = "_?_:_";
    public const string Equal = "_==_";
    public const string NotEqual = "_!=_";
    public const string Less = "_<_";
    public const string LessOrEqual = "_<=_";
    public const string Greater = "_>_";
    public const string GreaterOrEqual = "_>=_";
    public const string In = "@in";
    public const string Add = "_+_";
    public const string Subtract = "_-_";
    public const string Multiply = "_*_";
    public const string Divide = "_/_";
    public const string Modulo = "_%_";
    public const string Negate = "-_";
    public const string Index = "_[_]";

    /// <summary>
    /// A binary operator's sign and how tightly it binds, from 1 for the loosest; null for what is none.
    /// </summary>
    public static (string Sign, int Binding)? Binary(string function) => function switch
    {
        Or => ("||", 1),
        And => ("&&", 2),
        Equal => ("==", 3),
        NotEqual => ("!=", 3),
        Less => ("<", 3),
        LessOrEqual => ("<=", 3),
        Greater => (">", 3),
        GreaterOrEqual => (">=", 3),
        In => ("in", 3),
        Add => ("+", 4),
        Subtract => ("-", 4),
        Multiply => ("*", 5),
        Divide => ("/", 5),
        Modulo => ("%", 5),
        _ => null,
    };
}
