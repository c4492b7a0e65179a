namespace Castellan.Platform.Cel.Sql;

/// <summary>Comparisons, membership, searches and macros.</summary>
internal sealed partial class SqlCompiler
{
    private const string NeverEqual = "The two are of types that are never equal.";
    private const string FieldsHint = "Compare their fields: record.project.id == ...";

    private Condition Compare(CelCall call, Comparison comparison) =>
        Compare(call, Operand(call.Args[0]), comparison, Operand(call.Args[1]));

    private Condition Compare(CelExpr at, Operand? left, Comparison comparison, Operand? right)
    {
        switch (left, right)
        {
            case (null, _) or (_, null):
                return RefusedCondition.Instance;
            case (BoundOperand, not BoundOperand) or (Scalar, JsonOperand):
                return Compare(at, right, Comparisons.Mirrored(comparison), left);
            case (Scalar scalar, BoundOperand value):
                return new ValueAtom(at.At, scalar, comparison, value.Value);
            case (JsonOperand json, BoundOperand value):
                return new JsonValueAtom(at.At, json, comparison, value.Value);
            case (Scalar scalar, Scalar other) when scalar.Kind == other.Kind:
                return new ColumnsAtom(at.At, scalar, comparison, other);
            case (JsonOperand json, Scalar scalar) when IsInJson(scalar.Kind):
                return new JsonColumnAtom(at.At, json, comparison, scalar);
            case (PlaceOperand place, BoundOperand) when comparison == Comparison.Equal:
                return IsNull(at, place);
            case (JsonOperand, JsonOperand):
                return Refuse(
                    at, "The database does not compare two parts of JSON.", "Compare with a field or a value.");
            case (Scalar or JsonOperand, Scalar):
                return Refuse(at, Mixed(left, right), "Give both fields one type.");
            default:
                return Refuse(at, "The database compares single fields only.", FieldsHint);
        }
    }

    private static bool IsInJson(SqlColumnKind kind) =>
        kind is SqlColumnKind.Text or SqlColumnKind.Bool or SqlColumnKind.Double;

    private static string Mixed(Operand left, Operand right)
    {
        return IsNumber(left) && IsNumber(right)
            ? "The database does not compare integers with other numbers: engines round."
            : NeverEqual;

        static bool IsNumber(Operand operand) =>
            operand is JsonOperand or Scalar { Kind: SqlColumnKind.Int64 or SqlColumnKind.Double };
    }

    /// <summary>A row is compared with null only, which the checker cannot ask for in all cases.</summary>
    private Condition IsNull(CelExpr at, PlaceOperand place)
    {
        var other = ((CelCall)at).Args.First(arg => !AsksRow(arg));
        return other is CelLiteral { Value.IsNull: true }
            ? new NotCondition(new PlaceAtom(at.At, place.Place))
            : Refuse(at, "The database does not compare whole rows.", FieldsHint);
    }

    private Condition Has(CelSelect has)
    {
        var container = Operand(has.Operand);
        if (container is JsonOperand json)
            return Step(has, json, new(has.Field, 0)) is null
                ? RefusedCondition.Instance
                : new JsonKeyAtom(has.At, json, new(has.Field, 0));
        if (container is not PlaceOperand place)
            return container is null ? RefusedCondition.Instance : Refuse(has, "The database cannot look into this.");
        return Field(has, place.Place) switch
        {
            Scalar scalar => new PresentAtom(has.At, scalar),
            JsonOperand column => new JsonPresentAtom(has.At, column),
            PlaceOperand other => new PlaceAtom(has.At, other.Place),
            BackOperand => new PlaceAtom(has.At, place.Place),
            _ => RefusedCondition.Instance,
        };
    }

    private Condition Member(CelCall call)
    {
        if (!AsksRow(call.Args[1])) return MemberOfBound(call, Operand(call.Args[0]), Bound(call.Args[1]));
        if (call.Args[1] is CelListLiteral list) return MemberOfLiteral(call, list);
        switch (Operand(call.Args[0]), Operand(call.Args[1]))
        {
            case (null, _) or (_, null):
                return RefusedCondition.Instance;
            case (var item, JsonOperand json):
                var local = new JsonItem();
                var equal = Compare(call, new JsonItemOperand(local, []), Comparison.Equal, item);
                return new GuardedCondition(
                    [new DefinedAtom(call.At, item)], new JsonExistsAtom(call.At, json, local, equal));
            default:
                return Refuse(call, "The database does not look into this list.", "Write list.exists(x, x.id == ...).");
        }
    }

    private Condition MemberOfBound(CelExpr at, Operand? item, BoundValue list)
    {
        switch (item)
        {
            case null:
                return RefusedCondition.Instance;
            case Scalar scalar:
                return new MemberAtom(at.At, scalar, list);
            case JsonOperand json:
                var variable = NextItem("in", CelType.Dyn);
                var part = program.Part(new CelIdent(at.At, "in") { Binding = variable });
                var equal = new JsonValueAtom(at.At, json, Comparison.Equal, new(part, values++, UsesItems: true));
                var any = new UnrolledCondition(at.At, list, variable.Index - variables, equal);
                return new GuardedCondition([new DefinedAtom(at.At, json)], any);
            default:
                return Refuse(at, "The database looks for single fields only.", "Write record.project.id in ...");
        }
    }

    private Condition MemberOfLiteral(CelCall call, CelListLiteral list)
    {
        var operands = list.Items.Prepend(call.Args[0]).Select(Operand).ToList();
        if (operands.Contains(null)) return RefusedCondition.Instance;
        var equal = list.Items.Select(item => Condition(
            new CelCall(call.At, CelOperators.Equal, null, [call.Args[0], item]) { Type = CelType.Bool }));
        return new GuardedCondition(
            [.. operands.Select(operand => new DefinedAtom(call.At, operand!))], equal.Aggregate(AndCondition.Or));
    }

    private Condition Text(CelCall call, CelExpr target)
    {
        var test = call.Function switch
        {
            "startsWith" => TextTest.StartsWith,
            "endsWith" => TextTest.EndsWith,
            _ => TextTest.Contains,
        };
        var (text, sought) = (Operand(target), Operand(call.Args[0]));
        if (text is null || sought is null) return RefusedCondition.Instance;
        return (Texts(text), Texts(sought), text, sought) switch
        {
            ({ } first, { } second, _, _) => new TextsAtom(call.At, first, test, second),
            ({ } first, _, _, BoundOperand second) => new SearchedAtom(call.At, first, test, second.Value),
            (_, { } second, BoundOperand first, _) => new SeekingAtom(call.At, first.Value, test, second),
            _ => Refuse(call, $"'{call.Function}' is asked of texts."),
        };
    }
}
