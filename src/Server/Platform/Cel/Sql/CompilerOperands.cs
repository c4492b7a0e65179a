namespace Castellan.Platform.Cel.Sql;

/// <summary>What is compared: fields of rows, parts of JSON, and the few functions of them that are total.</summary>
internal sealed partial class SqlCompiler
{
    /// <summary>Null where it was refused.</summary>
    private Operand? Operand(CelExpr expr)
    {
        if (!AsksRow(expr)) return new BoundOperand(Bound(expr));
        return expr switch
        {
            CelIdent { Binding: CelVariableBinding { Variable.Name: var name } } when name == rowVariable =>
                new PlaceOperand(row),
            CelIdent { Binding: CelLocalBinding local } => ((RowLocal)locals[local.Slot]).Operand,
            CelIdent ident => RefuseOperand(
                ident, $"The database cannot compute '{ident.Name}'.",
                $"Write what it stands for, with {rowVariable}."),
            CelSelect { TestOnly: false } select => Select(select),
            CelCall call => Call(call),
            CelComprehension { Macro: CelMacro.Map or CelMacro.Filter } macro =>
                RefuseOperand(macro, MakesNoLists, AskInstead),
            _ => RefuseOperand(
                expr, "A list, map or condition made of the row cannot be compared.",
                "Combine conditions with && and ||, and compare single fields."),
        };
    }

    private Operand? Select(CelSelect select)
    {
        switch (Operand(select.Operand))
        {
            case PlaceOperand place:
                return Field(select, place.Place);
            case JsonOperand json:
                return Step(select, json, new(select.Field, 0));
            case null:
                return null;
            default:
                return RefuseOperand(select, $"The database cannot look into this for '{select.Field}'.");
        }
    }

    private Operand? Field(CelSelect select, Place place)
    {
        var shape = place.Shape;
        if (shape.Columns.TryGetValue(select.Field, out var column))
        {
            return column.Kind == SqlColumnKind.Json
                ? new JsonColumn(place, column, [])
                : new ColumnOperand(place, column);
        }
        if (shape.BackReferences.TryGetValue(select.Field, out var back)) return new BackOperand(place, back);
        if (!shape.References.TryGetValue(select.Field, out var reference))
            return RefuseOperand(select, $"The field '{select.Field}' cannot be asked in the database.");
        return IsTooFar(select, place) ? null : new PlaceOperand(place.Follow(select.Field, reference));
    }

    private bool IsTooFar(CelExpr expr, Place place)
    {
        if (place.Depth < SqlLimits.Depth) return false;
        Refuse(
            expr, $"References are followed {SqlLimits.Depth} times at most.", "Keep the value in a field nearer by.");
        return true;
    }

    private Operand? Step(CelExpr expr, JsonOperand json, JsonStep step)
    {
        if (json.Steps.Count >= SqlLimits.JsonSteps)
            return RefuseOperand(expr, $"JSON is looked into {SqlLimits.JsonSteps} levels deep at most.");
        // SQLite's paths have no way to write these.
        if (step.Key is { } key && (key.Length == 0 || key.Any(c => c is '"' or '\\' || char.IsControl(c))))
            return RefuseOperand(expr, "The database looks for no key with quotes, backslashes or control characters.");
        return json.Step(step);
    }

    private Operand? Call(CelCall call)
    {
        if (call.Declared is not null)
        {
            return RefuseOperand(
                call, $"The function '{call.Function}' cannot be asked of a row in the database.",
                "Give it values of the request only.");
        }
        var arg = call.Target ?? (call.Args.Count > 0 ? call.Args[0] : null);
        var count = call.Args.Count + (call.Target is null ? 0 : 1);
        return (call.Function, count) switch
        {
            ("dyn", 1) => Operand(arg!),
            ("size", 1) => Size(call, arg!),
            ("lowerAscii" or "upperAscii", 1) => Case(call, arg!),
            (CelOperators.Index, 2) => Index(call),
            (CelOperators.Conditional, _) => RefuseOperand(
                call, "A choice between values cannot be compared in the database.",
                "Choose between conditions: c ? a == x : b == x."),
            _ => RefuseOperand(call, Refusals.Message(call), Refusals.Hint(call)),
        };
    }

    private Operand? Size(CelCall call, CelExpr arg)
    {
        switch (Operand(arg))
        {
            case Scalar { Kind: SqlColumnKind.Text } text:
                return new LengthOperand(text);
            case JsonOperand json:
                return new JsonSize(json);
            case BackOperand rows when !IsTooFar(call, rows.Place):
                return new CountOperand(rows);
            case null or BackOperand:
                return null;
            default:
                return RefuseOperand(call, "This has no size.");
        }
    }

    private Operand? Case(CelCall call, CelExpr arg) => Texts(Operand(arg)) switch
    {
        { } text => new CaseOperand(text, call.Function == "lowerAscii"),
        null when errors.Count > 0 => null,
        _ => RefuseOperand(call, "This is no text."),
    };

    private static Scalar? Texts(Operand? operand) => operand switch
    {
        Scalar { Kind: SqlColumnKind.Text } text => text,
        JsonOperand json => json.As(SqlColumnKind.Text),
        _ => null,
    };

    private Operand? Index(CelCall call)
    {
        switch (Operand(call.Args[0]), call.Args[1])
        {
            case (JsonOperand json, CelLiteral { Value: { Kind: CelKind.String } key }):
                return Step(call, json, new(key.AsString, 0));
            case (JsonOperand json, CelLiteral { Value: { Kind: CelKind.Int, AsInt: >= 0 and <= int.MaxValue } index }):
                return Step(call, json, new(null, (int)index.AsInt));
            case (null, _):
                return null;
            default:
                return RefuseOperand(
                    call, "In the database only JSON has an index, and it must be a constant.",
                    "Write x[0] or x['key'], or x.exists(i, ...).");
        }
    }
}
