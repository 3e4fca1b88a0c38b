/**
 * The functions that Spark 4.0 has of itself, so that a wrong name is told before any Spark sees it.
 * Source: FunctionRegistry and TableFunctionRegistry of Spark 4.0.0; tests/spark/functions.test.ts compares.
 */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Those that make one value of the rows of a group. */
export const sparkAggregates = words(`
  any any_value approx_count_distinct approx_percentile array_agg avg bit_and bit_or bit_xor bitmap_construct_agg
  bitmap_or_agg bool_and bool_or collect_list collect_set corr count count_if count_min_sketch covar_pop covar_samp
  every first first_value grouping grouping_id histogram_numeric hll_sketch_agg hll_union_agg kurtosis last
  last_value listagg max max_by mean median min min_by mode percentile percentile_approx percentile_cont
  percentile_disc regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy
  schema_of_variant_agg skewness some std stddev stddev_pop stddev_samp string_agg sum try_avg try_sum var_pop
  var_samp variance
`)

/** The others. */
const perRow = words(`
  abs acos acosh add_months aes_decrypt aes_encrypt aggregate array array_append array_compact array_contains
  array_distinct array_except array_insert array_intersect array_join array_max array_min array_position
  array_prepend array_remove array_repeat array_size array_sort array_union arrays_overlap arrays_zip ascii asin
  asinh assert_true atan atan2 atanh base64 bigint bin binary bit_count bit_get bit_length bitmap_bit_position
  bitmap_bucket_number bitmap_count boolean bround btrim cardinality cast cbrt ceil ceiling char char_length
  character_length chr coalesce collate collation collations concat concat_ws contains conv convert_timezone cos
  cosh cot crc32 csc cube cume_dist curdate current_catalog current_database current_date current_schema
  current_timestamp current_timezone current_user date date_add date_diff date_format date_from_unix_date date_part
  date_sub date_trunc dateadd datediff datepart day dayname dayofmonth dayofweek dayofyear decimal decode degrees
  dense_rank double e element_at elt encode endswith equal_null exists exp explode explode_outer expm1 extract
  factorial filter find_in_set flatten float floor forall format_number format_string from_avro from_csv from_json
  from_protobuf from_unixtime from_utc_timestamp from_xml get get_json_object getbit greatest hash hex
  hll_sketch_estimate hll_union hour hypot if ifnull ilike initcap inline inline_outer input_file_block_length
  input_file_block_start input_file_name instr int is_valid_utf8 is_variant_null isnan isnotnull isnull java_method
  json_array_length json_object_keys json_tuple lag last_day lcase lead least left len length levenshtein like ln
  localtimestamp locate log log10 log1p log2 lower lpad ltrim luhn_check make_date make_dt_interval make_interval
  make_timestamp make_timestamp_ltz make_timestamp_ntz make_valid_utf8 make_ym_interval map map_concat
  map_contains_key map_entries map_filter map_from_arrays map_from_entries map_keys map_values map_zip_with mask md5
  minute mod monotonically_increasing_id month monthname months_between named_struct nanvl negative next_day now
  nth_value ntile nullif nullifzero nvl nvl2 octet_length overlay parse_json parse_url percent_rank pi pmod
  posexplode posexplode_outer position positive pow power printf quarter radians raise_error rand randn random
  randstr range rank reduce reflect regexp regexp_count regexp_extract regexp_extract_all regexp_instr regexp_like
  regexp_replace regexp_substr repeat replace reverse right rint rlike rollup round row_number rpad rtrim
  schema_of_avro schema_of_csv schema_of_json schema_of_variant schema_of_xml sec second sentences sequence
  session_user session_window sha sha1 sha2 shiftleft shiftright shiftrightunsigned shuffle sign signum sin sinh
  size slice smallint sort_array soundex space spark_partition_id split split_part sql_keywords sqrt stack
  startswith str_to_map string struct substr substring substring_index tan tanh timestamp timestamp_micros
  timestamp_millis timestamp_seconds timestampadd timestampdiff tinyint to_avro to_binary to_char to_csv to_date
  to_json to_number to_protobuf to_timestamp to_timestamp_ltz to_timestamp_ntz to_unix_timestamp to_utc_timestamp
  to_varchar to_variant_object to_xml transform transform_keys transform_values translate trim trunc try_add
  try_aes_decrypt try_cast try_divide try_element_at try_make_interval try_make_timestamp try_make_timestamp_ltz
  try_make_timestamp_ntz try_mod try_multiply try_parse_json try_parse_url try_reflect try_subtract try_to_binary
  try_to_number try_to_timestamp try_url_decode try_validate_utf8 try_variant_get typeof ucase unbase64 unhex
  uniform unix_date unix_micros unix_millis unix_seconds unix_timestamp upper url_decode url_encode user uuid
  validate_utf8 variant_explode variant_explode_outer variant_get version weekday weekofyear width_bucket window
  window_time xpath xpath_boolean xpath_double xpath_float xpath_int xpath_long xpath_number xpath_short
  xpath_string xxhash64 year zeroifnull zip_with
`)

/** All of them, in lower case; Spark takes them in any. */
export const sparkFunctions: ReadonlySet<string> = new Set([...sparkAggregates, ...perRow])
