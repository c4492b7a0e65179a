using System.Numerics;
using Castellan.Platform.Storage;

namespace Castellan.Platform.Cel.Sql;

using Sql = Castellan.Platform.Storage.Sql;

/// <summary><c>row.field in list</c>, or in the keys of a map, where the request brings the list.</summary>
internal sealed class MemberAtom(CelPosition at, Scalar operand, BoundValue list) : Atom(at)
{
    protected override Truth Holds(Emission emission)
    {
        if (Items(emission) is not { } items) return Truth.Never;
        var isNull = items.HasNull && operand.CanBeNull
            ? Truth.Where($"{operand.Emit(emission)} is null")
            : Truth.Never;
        return items.Parameters.Count switch
        {
            0 => isNull,
            1 => Truth.Any(Truth.Where($"{operand.Emit(emission)} = {items.Parameters[0]}"), isNull),
            _ => Truth.Any(Truth.Where($"{operand.Emit(emission)} in ({Row(items.Parameters)})"), isNull),
        };
    }

    protected override Truth Fails(Emission emission)
    {
        if (Items(emission) is not { } items) return Truth.Never;
        var isNull = items.HasNull || !operand.CanBeNull
            ? Truth.Never
            : Truth.Where($"{operand.Emit(emission)} is null");
        return items.Parameters.Count switch
        {
            0 when items.HasNull => operand.Present(emission),
            0 => operand.Defined(emission),
            1 => Truth.Any(Truth.Where($"{operand.Emit(emission)} <> {items.Parameters[0]}"), isNull),
            _ => Truth.Any(Truth.Where($"{operand.Emit(emission)} not in ({Row(items.Parameters)})"), isNull),
        };
    }

    /// <summary>Null where the whole is an error.</summary>
    private (List<SqlParameter> Parameters, bool HasNull)? Items(Emission emission)
    {
        if (Lists.Of(emission.Binding, list, At) is not { } values) return null;
        var parameters = new List<SqlParameter>(values.Count);
        var hasNull = false;
        foreach (var value in values)
        {
            var item = Comparand.Of(operand.Kind, Comparison.Equal, value, emission.Binding.Dialect);
            hasNull |= item.Kind == ComparandKind.Null;
            if (item.Kind == ComparandKind.Sql) parameters.Add(item.Parameter);
        }
        Lists.Pad(parameters);
        return (parameters, hasNull);
    }

    private static Sql Row(List<SqlParameter> parameters)
    {
        var row = new Sql(0, parameters.Count);
        foreach (var (index, parameter) in parameters.Index())
        {
            if (index > 0) row.AppendLiteral(", ");
            row.AppendFormatted(parameter);
        }
        return row;
    }
}

/// <summary>Lists that a request brings.</summary>
internal static class Lists
{
    /// <summary>The items of a list, or the keys of a map; null where it is an error, or too long.</summary>
    public static List<CelValue>? Of(Binding binding, BoundValue list, CelPosition at)
    {
        var value = binding.Value(list);
        if (value.Kind is not (CelKind.List or CelKind.Map)) return null;
        var count = value.Kind == CelKind.List ? value.AsList.Count : value.AsMap.Count;
        if (count > SqlLimits.Items)
        {
            binding.Fail(at, $"The list has {count} items, more than {SqlLimits.Items}.");
            return null;
        }
        if (!binding.PayVisits(at, count)) return null;
        if (value.Kind == CelKind.Map) return [.. value.AsMap.Keys];
        var items = new List<CelValue>(count);
        for (var i = 0; i < count; i++) items.Add(value.AsList[i]);
        return items;
    }

    /// <summary>
    /// Repeats the last item until there are 1, 2, 4, 8, ...: each count is a text of its own, which engines keep
    /// prepared.
    /// </summary>
    public static void Pad<T>(List<T> items)
    {
        if (items.Count == 0) return;
        var wanted = (int)BitOperations.RoundUpToPowerOf2((uint)items.Count);
        while (items.Count < wanted) items.Add(items[^1]);
    }
}
