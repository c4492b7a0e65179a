using Castellan.Platform.Cel.Checking;
using Castellan.Platform.Cel.Syntax;

namespace Castellan.Platform.Cel;

/// <summary>A name that expressions may use. It may be qualified (<c>a.b</c>).</summary>
internal sealed record CelVariable(string Name, CelType Type)
{
    /// <summary>Variables that this one is made of: <c>owner</c> reads <c>record</c> and <c>caller</c>.</summary>
    public IReadOnlyList<string> Reads { get; init; } = [];
}

/// <summary>
/// Answers one call; an error is a value too. <paramref name="args"/> begins with the receiver of a method.
/// </summary>
internal delegate CelValue CelBody(ICelActivation activation, ReadOnlySpan<CelValue> args);

/// <summary>
/// Judges a constant argument when an expression is checked; null accepts it. <paramref name="index"/> counts from 0,
/// the receiver of a method included.
/// </summary>
internal delegate CelComplaint? CelArgumentCheck(int index, CelValue constant);

internal sealed record CelComplaint(string Message, string? Hint = null);

/// <summary>One overload of a function that an environment adds. A method's first parameter is its receiver.</summary>
internal sealed record CelFunction(string Name, IReadOnlyList<CelType> Parameters, CelType Result, CelBody Body)
{
    public bool IsMethod { get; init; }

    /// <summary>Variables that it looks at beside its arguments: <c>role('x')</c> reads <c>caller</c>.</summary>
    public IReadOnlyList<string> Reads { get; init; } = [];

    public CelArgumentCheck? CheckArgument { get; init; }

    /// <summary>A check that the only argument, where it is constant, is one of <paramref name="names"/>.</summary>
    public static CelArgumentCheck OneOf(string what, IReadOnlyCollection<string> names) => (_, constant) =>
        constant.Kind != CelKind.String || names.Contains(constant.AsString)
            ? null
            : new($"There is no {what} '{constant.AsString}'.", Nearest.Hint(constant.AsString, names, what));

    public override string ToString()
    {
        var args = string.Join(", ", Parameters.Skip(IsMethod ? 1 : 0));
        return IsMethod ? $"{Parameters[0]}.{Name}({args})" : $"{Name}({args})";
    }
}

/// <summary>What an expression may use and must be. Compiling is pure, so an environment serves all threads.</summary>
internal sealed class CelEnvironment
{
    private readonly Dictionary<string, CelVariableBinding> variables;
    private readonly ILookup<string, CelFunction> functions;

    /// <summary>An activation answers <paramref name="variables"/> by their place in the list.</summary>
    public CelEnvironment(IReadOnlyList<CelVariable> variables, IReadOnlyList<CelFunction>? functions = null)
    {
        Variables = variables;
        Functions = functions ?? [];
        this.variables = variables.Select((variable, index) => new CelVariableBinding(variable, index))
            .ToDictionary(binding => binding.Variable.Name, StringComparer.Ordinal);
        this.functions = Functions.ToLookup(function => function.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<CelVariable> Variables { get; }

    public IReadOnlyList<CelFunction> Functions { get; }

    /// <summary>What every expression must result in; null for anything.</summary>
    public CelType? Result { get; init; }

    public CelLimits Limits { get; init; } = CelLimits.Default;

    /// <summary>A qualified name, in whose scope names are looked up before the outermost.</summary>
    public string Container { get; init; } = "";

    /// <summary>Names that stand for expressions: <c>owner</c> for <c>record.owner_id == caller.id</c>.</summary>
    public IReadOnlyDictionary<string, string> Definitions { get; init; } = new Dictionary<string, string>();

    /// <summary>Without, all types are left to the evaluation, as the specification allows.</summary>
    public bool ChecksTypes { get; init; } = true;

    public CelVariableBinding? Variable(string name) => variables.GetValueOrDefault(name);

    public IEnumerable<CelFunction> Overloads(string name) => functions[name];

    /// <summary>Reads and checks; never throws for what a source may hold.</summary>
    public CelCompilation Compile(string source)
    {
        var (parsed, errors) = Parser.Parse(source, Limits);
        if (parsed is null || errors.Count > 0) return new(null, errors);
        var (expanded, unclear) = Checking.Definitions.Expand(parsed, this);
        if (unclear.Count > 0) return new(null, unclear);
        var (root, complaints) = Checker.Check(expanded, this);
        return complaints.Count > 0 ? new(null, complaints) : new(new CelProgram(source, root, this), []);
    }
}

/// <summary>A program, or the errors for which there is none, in the order of the source.</summary>
internal sealed record CelCompilation(CelProgram? Program, IReadOnlyList<CelError> Errors);
