-- Requests of one case. Environment: METHOD, PATHS (file, one path a line), TOKENS (file, one header value a line, used with
-- the path of the same line where both have as many lines), BODY (with {n} for a running number and {at} for the number of
-- the path's line, from 0), KEY (a Castellan-Key), KEYED (1: send a new Idempotency-Key each), LABEL (makes numbers unique
-- over runs), TENANTS (file, one Castellan-Tenant a line, used as TOKENS are), HEADERS (file, "Name: value" a line, sent with
-- every request).
local function lines(name)
  local list = {}
  if name and name ~= "" then for line in io.lines(name) do list[#list + 1] = line end end
  return list
end

local method = os.getenv("METHOD") or "GET"
local paths = lines(os.getenv("PATHS"))
local tokens = lines(os.getenv("TOKENS"))
local body = os.getenv("BODY")
local key = os.getenv("KEY")
local keyed = os.getenv("KEYED") == "1"
local label = os.getenv("LABEL") or tostring(os.time())
local tenants = lines(os.getenv("TENANTS"))
local always = {}
for _, line in ipairs(lines(os.getenv("HEADERS"))) do
  local name, value = line:match("^([^:]+):%s*(.*)$")
  always[name] = value
end
local count = 0

function request()
  count = count + 1
  local at = (count * 7919) % #paths + 1
  local headers = {}
  for name, value in pairs(always) do headers[name] = value end
  if #tokens > 0 then headers["Authorization"] = "Bearer " .. tokens[(at - 1) % #tokens + 1] end
  if #tenants > 0 then headers["Castellan-Tenant"] = tenants[(at - 1) % #tenants + 1] end
  if key and key ~= "" then headers["Castellan-Key"] = key end
  if keyed then headers["Idempotency-Key"] = label .. "-" .. count end
  local sent = nil
  if body and body ~= "" then
    headers["Content-Type"] = "application/json"
    sent = body:gsub("{n}", label .. " " .. count):gsub("{at}", at - 1)
  end
  return wrk.format(method, paths[at], headers, sent)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %.3f %.3f %d\n", summary.requests, summary.duration, errors.status,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.timeout))
end
