-- The sample: eight full quarters of parcel and pallet freight between European cities.
-- A pure function of the variable `until` (the first day after the last quarter): no random(), only hash().

-- The `nth` number in [0, 1) of row `i`. It depends on these two and on nothing else.
CREATE TEMP MACRO dice(i, nth) AS (hash(i * 32 + nth) >> 11) / 9007199254740992.0;

CREATE TEMP TABLE city AS
SELECT row_number() OVER () - 1 AS place, * FROM (VALUES
  ('Hamburg', 53.55, 9.99), ('Rotterdam', 51.92, 4.48), ('Milan', 45.46, 9.19), ('Lyon', 45.76, 4.84),
  ('Poznań', 52.41, 16.93), ('Barcelona', 41.39, 2.17), ('Vienna', 48.21, 16.37), ('Gothenburg', 57.71, 11.97),
  ('Antwerp', 51.22, 4.40), ('Munich', 48.14, 11.58), ('Paris', 48.86, 2.35), ('Berlin', 52.52, 13.41),
  ('Madrid', 40.42, -3.70), ('Rome', 41.90, 12.50), ('Warsaw', 52.23, 21.01), ('Prague', 50.08, 14.44),
  ('Budapest', 47.50, 19.04), ('Copenhagen', 55.68, 12.57), ('Stockholm', 59.33, 18.07), ('Zürich', 47.38, 8.54),
  ('Brussels', 50.85, 4.35), ('Lisbon', 38.72, -9.14), ('Porto', 41.15, -8.61), ('Naples', 40.85, 14.27),
  ('Bucharest', 44.43, 26.10), ('Zagreb', 45.81, 15.98), ('Oslo', 59.91, 10.75), ('Vilnius', 54.69, 25.28)
) AS t (city, lat, lon);

-- `up_to` cuts [0, 1) into market shares; `late` is how often a carrier is late on an easy day.
CREATE TEMP TABLE carrier AS
SELECT coalesce(lag(up_to) OVER (ORDER BY up_to), 0) AS share_from, * FROM (VALUES
  ('Alpenspur Spedition', 0.17, 0.045, 620, 9.20, 0.46, 0.6), ('Meridian Freight', 0.32, 0.070, 560, 7.40, 0.38, 1.0),
  ('Hanse Logistik', 0.45, 0.035, 640, 10.10, 0.49, 0.5), ('Transpirenaica', 0.55, 0.110, 500, 6.10, 0.33, 1.2),
  ('Baltic Arrow', 0.64, 0.085, 540, 6.80, 0.36, 1.5), ('Lowlands Express', 0.72, 0.060, 600, 8.30, 0.42, 0.9),
  ('Vistula Cargo', 0.79, 0.095, 520, 5.90, 0.31, 1.3), ('Nordwind Parcel', 0.85, 0.028, 700, 12.60, 0.58, 0.4),
  ('Adria Trans', 0.90, 0.140, 470, 5.20, 0.29, 1.1), ('Rhône Messagerie', 0.935, 0.080, 550, 7.10, 0.37, 1.6),
  ('Iberia Ruta', 0.96, 0.165, 450, 4.80, 0.27, 1.4), ('Danube Line', 0.98, 0.125, 480, 5.50, 0.30, 1.0),
  ('Fjord & Co.', 0.993, 0.055, 590, 9.80, 0.47, 0.8), ('Swift Courier', 1.0, 0.015, 900, 19.50, 0.95, 0.3)
) AS t (carrier, up_to, late, km_per_day, fee, rate, winter);

CREATE TEMP TABLE lane AS
SELECT o.place AS from_place, d.place AS to_place, o.city AS origin, d.city AS destination,
  round(1.22 * 111.2 * sqrt((o.lat - d.lat) ** 2 + (0.64 * (o.lon - d.lon)) ** 2)) AS km,
  -- Most lanes run well; a few are always in trouble.
  0.42 * dice(o.place * 100 + d.place, 0) ** 8 AS late
FROM city o, city d WHERE o.place < 10 AND o.place <> d.place;

-- More in the weeks before Christmas, less at weekends, and a little growth.
CREATE TEMP TABLE day AS
SELECT day, isodow(day) > 5 AS weekend,
  round((1 + 0.16 * cos(2 * pi() * (dayofyear(day) - 335) / 365.25)) * (1 + 0.0001 * date_diff('day', first, day))
    * CASE isodow(day) WHEN 6 THEN 900 WHEN 7 THEN 350 WHEN 1 THEN 3650 ELSE 3250 END) AS shipments,
  -- A snowed-in pass, a strike: one week in nine or so is bad for everybody, winter is bad for some.
  CASE WHEN dice(date_diff('week', DATE '2001-01-01', day), 20) < 0.11 THEN 0.09 ELSE 0 END AS trouble,
  0.07 * greatest(0, cos(2 * pi() * (dayofyear(day) - 5) / 365.25)) AS winter
FROM (SELECT unnest(range(first, getvariable('until'), INTERVAL 1 DAY))::DATE AS day, first
      FROM (SELECT (getvariable('until') - INTERVAL 2 YEAR)::DATE AS first));

-- One row per shipment, before anything is known of it but its day; `i` is its number.
CREATE TEMP TABLE numbered AS
SELECT *, date_diff('day', DATE '2001-01-01', day) * 10000 + k AS i
FROM (SELECT * EXCLUDE shipments, unnest(range(shipments::BIGINT)) AS k FROM day);

CREATE TEMP VIEW asked AS
SELECT * RENAME (winter AS day_winter),
  -- A thousand users; the first ship the most.
  (floor(11 * pow(1011 / 11, dice(i, 1))) - 10)::INTEGER AS user_id,
  CASE WHEN user_id <= 30 THEN 4 WHEN user_id <= 200 THEN 2 ELSE 1 END AS warehouses,
  ((hash(user_id) % 10 + 3 * floor(dice(i, 2) * warehouses)) % 10)::BIGINT AS origin_place,
  -- Each user has a market of their own: the first of its 27 places gets the most.
  ((origin_place + 1 + (floor(27 * dice(i, 3) ** 1.8) + hash(-user_id) % 27) % 27) % 28)::BIGINT AS destination_place,
  dice(i, 4) AS pick
FROM numbered;

CREATE TEMP VIEW planned AS
SELECT i, day, k, user_id, carrier, origin, destination, fee, rate, km,
  (1 + ceil(km / km_per_day))::INTEGER AS days,
  carrier.late + lane.late + trouble + day_winter * carrier.winter AS late,
  -- The sum of four dice is close enough to a normal distribution.
  round(exp(3.4 + 1.9 * (dice(i, 5) + dice(i, 6) + dice(i, 7) + dice(i, 8) - 2)), 1) AS weight_kg,
  dice(i, 9) AS fault
FROM asked
JOIN carrier ON pick >= share_from AND pick < up_to
JOIN lane ON from_place = origin_place AND to_place = destination_place;

CREATE TEMP VIEW sound AS
SELECT i, 'S' || strftime(day, '%y%m%d') || '-' || lpad(k::VARCHAR, 4, '0') AS shipment_id,
  user_id, carrier, origin, destination,
  day + to_minutes((360 + 720 * dice(i, 10))::BIGINT) AS shipped_at,
  day + days AS promised_at,
  day + to_days(CASE WHEN dice(i, 11) < late THEN days + 1 + floor(-1.4 * ln(1 - dice(i, 12)))
      ELSE greatest(1, days - floor(0.5 * days * dice(i, 12))) END::INTEGER)
    + to_minutes((480 + 600 * dice(i, 13))::BIGINT) AS delivered_at,
  weight_kg, round(fee + rate * weight_kg ** 0.88 * (0.35 + km / 1000), 2) AS cost, fault
FROM planned;

-- What real files are like: one row in a hundred makes no sense, and a few shipments never arrive.
CREATE TEMP VIEW sample AS
SELECT shipment_id, user_id,
  CASE WHEN fault < 0.0008 THEN NULL WHEN fault < 0.0016 THEN 'UNKNOWN' ELSE carrier END AS carrier,
  origin, CASE WHEN fault >= 0.0016 AND fault < 0.0022 THEN '' ELSE destination END AS destination,
  CASE WHEN fault < 0.0022 OR fault >= 0.0034 THEN shipped_at END AS shipped_at,
  CASE WHEN fault < 0.0034 OR fault >= 0.0042 THEN promised_at END AS promised_at,
  CASE WHEN fault >= 0.0042 AND fault < 0.0056 THEN shipped_at - INTERVAL 3 DAY
    WHEN fault < 0.0100 OR fault >= 0.0125 THEN delivered_at END AS delivered_at,
  CASE WHEN fault >= 0.0056 AND fault < 0.0070 THEN -weight_kg ELSE weight_kg END AS weight_kg,
  CASE WHEN fault >= 0.0070 AND fault < 0.0078 THEN NULL ELSE cost END AS cost
FROM (SELECT *, unnest(range(CASE WHEN fault >= 0.0078 AND fault < 0.0100 THEN 2 ELSE 1 END)) AS copy FROM sound)
ORDER BY i;
