namespace Castellan.Platform.Cel.Sql;

/// <summary>Macros: over rows that refer to one, over JSON, and over lists that a request brings.</summary>
internal sealed partial class SqlCompiler
{
    private const string MakesNoLists = "The database makes no lists of rows.";
    private const string AskInstead = "Ask with exists or all.";

    private Condition Macro(CelComprehension macro)
    {
        if (macro.Predicate is not { } predicate || macro.Macro is CelMacro.Map or CelMacro.Filter)
            return Refuse(macro, MakesNoLists, AskInstead);
        if (!AsksRow(macro.Range)) return Unrolled(macro, predicate);
        // Each asks for the condition three times, of every row, whatever it has found.
        if (macro.Macro == CelMacro.ExistsOne && locals.Values.OfType<RowLocal>().Any())
            return Refuse(macro, "The database does not count within another macro.", AskInstead);
        switch (Operand(macro.Range))
        {
            case null:
                return RefusedCondition.Instance;
            case BackOperand rows when !IsTooFar(macro, rows.Place):
                var place = Place.Row(rows.Back.Target(), rows.Place.Depth + 1);
                return OverRows(macro, rows, place, In(macro, new RowLocal(new PlaceOperand(place)), predicate));
            case BackOperand:
                return RefusedCondition.Instance;
            case JsonOperand json when macro.Macro is CelMacro.All or CelMacro.Exists:
                var item = new JsonItem();
                var inner = In(macro, new RowLocal(new JsonItemOperand(item, [])), predicate);
                return macro.Macro == CelMacro.All
                    ? new NotCondition(new JsonExistsAtom(macro.At, json, item, new NotCondition(inner)))
                    : new JsonExistsAtom(macro.At, json, item, inner);
            default:
                return Refuse(
                    macro, "The database does not go over this.", "Ask with exists or all, of rows or of JSON.");
        }
    }

    private static Condition OverRows(CelComprehension macro, BackOperand rows, Place item, Condition predicate) =>
        macro.Macro switch
        {
            CelMacro.All =>
                new NotCondition(new BackExistsAtom(macro.At, rows, item, new NotCondition(predicate))),
            CelMacro.Exists => new BackExistsAtom(macro.At, rows, item, predicate),
            _ => new BackExistsOneAtom(macro.At, rows, item, predicate),
        };

    private Condition Unrolled(CelComprehension macro, CelExpr predicate)
    {
        if (macro.Macro == CelMacro.ExistsOne)
            return Refuse(macro, "The database does not count in a list of the request.", AskInstead);
        var range = Bound(macro.Range);
        if (Membership(macro, predicate, range) is { } member) return member;
        var variable = NextItem(macro.Variable, macro.ItemType);
        var inner = In(macro, new ItemLocal(variable), predicate);
        var index = variable.Index - variables;
        return macro.Macro == CelMacro.All
            ? new NotCondition(new UnrolledCondition(macro.At, range, index, new NotCondition(inner)))
            : new UnrolledCondition(macro.At, range, index, inner);
    }

    /// <summary><c>list.exists(x, x == row.field)</c> is <c>row.field in list</c>, if the field is no error.</summary>
    private MemberAtom? Membership(CelComprehension macro, CelExpr predicate, BoundValue range)
    {
        if (macro.Macro != CelMacro.Exists) return null;
        if (predicate is not CelCall { Function: CelOperators.Equal } equal) return null;
        var field = (equal.Args[0], equal.Args[1]) switch
        {
            (CelIdent { Binding: CelLocalBinding local }, var other) when local.Slot == macro.Slot => other,
            (var other, CelIdent { Binding: CelLocalBinding local }) when local.Slot == macro.Slot => other,
            _ => null,
        };
        if (field is not CelSelect { Operand: CelIdent { Binding: CelVariableBinding } }) return null;
        return AsksRow(field) && Operand(field) is ColumnOperand column
            ? new MemberAtom(macro.At, column, range)
            : null;
    }

    private CelVariableBinding NextItem(string name, CelType type) =>
        new(new CelVariable(name, type), variables + items++);

    private Condition In(CelComprehension macro, Local local, CelExpr predicate)
    {
        locals[macro.Slot] = local;
        var condition = Condition(predicate);
        locals.Remove(macro.Slot);
        return condition;
    }
}
