-- Random numbers as functions of a key and the number of the draw: the same on every machine and for any number of threads. They
-- rest on DuckDB's hash(), which another version of DuckDB may define otherwise; its version is pinned.
create macro user_key(user_number) as hash(getvariable('seed')::ubigint * 4294967296 + user_number::ubigint);
create macro day_key(user_key, day_index) as hash(xor(user_key, (1000 + day_index)::ubigint));
create macro row_key(day_key, is_second_platform) as hash(xor(day_key, 1 + is_second_platform::ubigint));
create macro country_slot(user_key) as hash(xor(user_key, 2::ubigint)) >> 48;
-- From 0 to below 1.
create macro draw(key, n) as (hash(xor(key, (n)::ubigint)) >> 32) / 4294967296.0;
-- True with a probability, a constant from 0 to 1.
create macro chance(key, n, probability) as hash(xor(key, (n)::ubigint)) < (probability * 18446744073709551615)::ubigint;
-- A whole number from 0 to below most.
create macro below(key, n, most) as ((hash(xor(key, (n)::ubigint)) >> 32) * (most)::ubigint >> 32)::bigint;
-- In cents, each as often as it is bought.
create macro prices() as [99, 99, 99, 99, 199, 199, 199, 499, 499, 499, 499, 999, 999, 1999, 4999, 9999];
create macro whale_prices() as [499, 999, 1999, 1999, 4999, 4999, 9999, 9999];
-- The sum of so many draws from a list of prices.
create macro purchases(key, list, number) as
  list_sum(list_transform(range(number), lambda n: list[1 + below(key, 16 + n, len(list))]));
-- Millionths as text with 4 to 6 decimal places, rounded down.
create macro with_places(micros, places) as
  case places
    when 4 then (micros // 100 * 0.0001::decimal(18, 4))::varchar
    when 5 then (micros // 10 * 0.00001::decimal(18, 5))::varchar
    else (micros * 0.000001::decimal(18, 6))::varchar
  end;
