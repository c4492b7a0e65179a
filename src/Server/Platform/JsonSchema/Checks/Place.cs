using System.Globalization;
using System.Text;

namespace Castellan.Platform.JsonSchema.Checks;

/// <summary>Where in the instance a value stands. Made only while failures are explained.</summary>
internal sealed class Place
{
    private readonly Place? parent;
    private readonly string step;
    private readonly bool isItem;

    private Place(Place? parent, string step, bool isItem) =>
        (this.parent, this.step, this.isItem) = (parent, step, isItem);

    public static Place Root { get; } = new(null, "", false);

    public Place Member(string name) => new(this, name, isItem: false);

    public Place Item(int index) => new(this, index.ToString(CultureInfo.InvariantCulture), isItem: true);

    /// <summary>The value's name in a sentence, with the list that it is an item of.</summary>
    public string Name => parent is null ? "The value" : $"'{Step()}'";

    /// <summary>RFC 6901.</summary>
    public string Pointer
    {
        get
        {
            var steps = new Stack<string>();
            for (var place = this; place.parent is not null; place = place.parent) steps.Push(place.step);
            var pointer = new StringBuilder();
            foreach (var one in steps) pointer.Append('/').Append(Json.Pointer.Escape(one));
            return pointer.ToString();
        }
    }

    private string Step() =>
        isItem && parent!.parent is not null ? $"{parent.Step()}/{step}" : Excerpt.Of(step);
}
