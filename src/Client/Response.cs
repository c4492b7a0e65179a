namespace Castellan.Client;

/// <summary>An operation's answer.</summary>
/// <param name="Value">The answer as this client's version knows it.</param>
/// <param name="Json">The body as the server sent it, UTF-8, also with members that this client does not know.</param>
/// <param name="RequestId">The id under which the server logged the request: <c>req_...</c>.</param>
/// <param name="ServerTime">The answer's Date header, exact to one second; null where it had none.</param>
public sealed record Response<T>(T Value, ReadOnlyMemory<byte> Json, string? RequestId, DateTimeOffset? ServerTime);

/// <summary>A page of a list.</summary>
/// <param name="Items">At most as many as were asked for.</param>
/// <param name="NextCursor">Continues behind the last item, for the same filters; null at the end.</param>
public sealed record PageOf<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>Which part of a list to read.</summary>
/// <param name="Limit">1 to 200 items; null is the server's default, 50.</param>
/// <param name="Cursor">A <see cref="PageOf{T}.NextCursor"/>; null begins at the start.</param>
public sealed record PageRequest(int? Limit = null, string? Cursor = null);
