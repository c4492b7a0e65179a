using Castellan.Platform.Storage;

namespace Castellan.Platform.Cel.Sql;

using Sql = Castellan.Platform.Storage.Sql;

/// <summary>
/// The text of one comparison. Where it speaks of rows that references lead to, it stands inside of an
/// <c>exists</c> that joins them: without such a row the comparison is an error, and neither true nor false.
/// </summary>
internal sealed class Emission(Binding binding)
{
    private readonly List<Place> joined = [];

    public Binding Binding => binding;

    public bool IsPostgres => binding.IsPostgres;

    public Sql Column(Place place, Identifier column) => $"{AliasOf(place)}.{column}";

    public Identifier AliasOf(Place place)
    {
        Join(place);
        return binding.AliasOf(place);
    }

    /// <summary>The comparison, where the rows are that it speaks of.</summary>
    public Truth Within(Truth inner) => joined.Count == 0 ? inner : inner.Within(new(binding, joined));

    private void Join(Place place)
    {
        if (place.Origin is null || joined.Contains(place)) return;
        Join(place.Origin);
        joined.Add(place);
    }
}

/// <summary>A condition of operands, as one comparison of SQL.</summary>
internal abstract class Atom(CelPosition at) : Condition
{
    protected CelPosition At => at;

    public sealed override Truth True(Binding binding)
    {
        if (!binding.Pay(at)) return Truth.Never;
        var emission = new Emission(binding);
        return emission.Within(Holds(emission));
    }

    public sealed override Truth False(Binding binding)
    {
        if (!binding.Pay(at)) return Truth.Never;
        var emission = new Emission(binding);
        return emission.Within(Fails(emission));
    }

    /// <summary>Where it is true, if the rows are there of which its operands speak.</summary>
    protected abstract Truth Holds(Emission emission);

    /// <summary>Where it is false.</summary>
    protected abstract Truth Fails(Emission emission);
}
