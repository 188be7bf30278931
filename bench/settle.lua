-- What each connection of wrk does: with HEAD in the environment a settlement with a fresh msgid, else a plain GET.

local head = os.getenv("HEAD")
if head then
  local number = tonumber(os.getenv("FIRST"))
  local people, cards = {}, {}
  for person, card in string.gmatch(os.getenv("PEOPLE"), "(%w+):(%w+)") do
    people[#people + 1], cards[#cards + 1] = person, card
  end
  failed = 0
  request = function()
    number = number + 1
    local one = number % #people + 1
    local body = head:gsub("MSGID", string.format("%s%018.0f", os.getenv("PLACE"), number))
      :gsub("PERSON", people[one]):gsub("CARD", cards[one])
    return wrk.format("POST", nil, {["Content-Type"] = "application/json"}, body)
  end
  response = function(status, headers, body)
    if status ~= 200 or not body:find('"infcode":0', 1, true) then failed = failed + 1 end
  end
end
local threads = {}
setup = function(thread) threads[#threads + 1] = thread end
done = function(summary, latency, requests)
  local wrong = 0
  for _, thread in ipairs(threads) do wrong = wrong + (thread:get("failed") or 0) end
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), wrong))
end
