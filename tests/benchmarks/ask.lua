-- Asks wrk's requests from files, each thread its own file from top to bottom and again.
-- A file holds headers, an empty line, then requests: method, path and body, separated by tabs.
-- {key} in a body becomes a fresh key.

local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init(args)
  math.randomseed(os.time() * 100 + number)
  asked = {}
  at = 0
  for line in io.lines(args[(number - 1) % #args + 1]) do
    local name, value = line:match("^([%w-]+): (.*)$")
    if name then
      wrk.headers[name] = value
    elseif line ~= "" then
      local method, path, body = line:match("^(%u+)\t([^\t]*)\t?(.*)$")
      asked[#asked + 1] = { method = method, path = path, body = body }
    end
  end
end

local function fresh_key()
  return string.format("%08x%08x%08x%d", math.random(0, 2147483647), math.random(0, 2147483647), at, number)
end

function request()
  local next = asked[at % #asked + 1]
  at = at + 1
  if next.body == "" then
    return wrk.format(next.method, next.path)
  end
  return wrk.format(next.method, next.path, nil, (next.body:gsub("{key}", fresh_key)))
end
