-- Counts one call within several limits, or within none of them: a hash for each limit, a field for
-- each slot of its span. KEYS: the hashes. ARGV, four for each: the first slot that counts, the slot
-- of now, how many calls there may be, and for how many milliseconds the hash is kept.
-- Returns pairs of a limit's number and its oldest slot, for every limit that is used up.
local refused = {}
for i, key in ipairs(KEYS) do
  local first, now = tonumber(ARGV[4 * i - 3]), tonumber(ARGV[4 * i - 2])
  local most, sum, oldest = tonumber(ARGV[4 * i - 1]), 0, now
  local fields = redis.call('HGETALL', key)
  for j = 1, #fields, 2 do
    local slot = tonumber(fields[j])
    -- A slot far ahead was written before a clock was put back; nearer ones are of other clocks.
    if slot < first or slot > 2 * now - first then
      redis.call('HDEL', key, fields[j])
    else
      sum = sum + tonumber(fields[j + 1])
      oldest = math.min(oldest, slot)
    end
  end
  if sum >= most then
    table.insert(refused, i)
    table.insert(refused, oldest)
  end
end
if #refused == 0 then
  for i, key in ipairs(KEYS) do
    redis.call('HINCRBY', key, ARGV[4 * i - 2], 1)
    redis.call('PEXPIRE', key, ARGV[4 * i])
  end
end
return refused
