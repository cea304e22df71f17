/**
 * Directives of modules whose command tables were not read: names as their documentation has them, of old and new
 * versions alike, most of them not checked against a source. Too many names cost a missed typo, too few a false alarm.
 * Where they may stand and how many arguments they take is not known here, so the linter judges neither.
 * `family` and `names`; `blocks` are those that take a body, `lua` those that hold embedded Lua.
 */

/** Every form of a Lua hook: inline string (old), block, file. */
function hooks(...names) {
  return names.flatMap((name) => [name, `${name}_file`]);
}
function luaBlocks(...names) {
  return names.map((name) => `${name}_block`);
}
const STREAM_LUA = [
  "init_by_lua",
  "init_worker_by_lua",
  "exit_worker_by_lua",
  "preread_by_lua",
  "content_by_lua",
  "balancer_by_lua",
  "log_by_lua",
  "ssl_client_hello_by_lua",
  "ssl_certificate_by_lua",
  "proxy_ssl_certificate_by_lua",
  "proxy_ssl_verify_by_lua",
];
const NEWER_LUA = [
  "precontent_by_lua",
  "proxy_ssl_certificate_by_lua",
  "proxy_ssl_verify_by_lua",
  "exit_worker_by_lua",
  "server_rewrite_by_lua",
  "ssl_client_hello_by_lua",
];

export const THIRD_PARTY = [
  // A patch of Cloudflare's that distributions of nginx for WordPress apply.
  {
    module: "ngx_http_ssl_module (dynamic TLS records)",
    family: "http",
    names:
      "ssl_dyn_rec_enable ssl_dyn_rec_size_lo ssl_dyn_rec_size_hi ssl_dyn_rec_threshold ssl_dyn_rec_timeout",
  },
  {
    module: "ngx_ipscrub_module",
    family: "http",
    names: "ipscrub_period_seconds ipscrub_salt",
  },
  {
    module: "ngx_http_app_protect_module",
    family: "http",
    names: `app_protect_enable app_protect_policy_file app_protect_security_log_enable app_protect_security_log
      app_protect_custom_log_attribute app_protect_user_defined_signatures app_protect_physical_memory_util_thresholds
      app_protect_cpu_thresholds app_protect_failure_mode_action app_protect_cookie_seed app_protect_global_settings
      app_protect_compressed_requests_action app_protect_request_buffer_overflow_action app_protect_enforcer_address
      app_protect_reconnect_period_seconds app_protect_logging_str_buff_size app_protect_response_enforcement_disable`,
  },
  {
    module: "ngx_http_app_protect_dos_module",
    family: "http",
    names: `app_protect_dos_enable app_protect_dos_policy_file app_protect_dos_name app_protect_dos_monitor
      app_protect_dos_security_log_enable app_protect_dos_security_log app_protect_dos_liveness app_protect_dos_readiness
      app_protect_dos_arb_fqdn app_protect_dos_api app_protect_dos_accelerated_mitigation app_protect_dos_access_file
      app_protect_dos_logging_str_buff_size`,
  },
  {
    module: "ngx_http_lua_module",
    family: "http",
    names: `${hooks(...NEWER_LUA).join(" ")} lua_ssl_certificate lua_ssl_certificate_key lua_ssl_conf_command lua_ssl_key_log
      lua_upstream_skip_openssl_default_verify lua_worker_thread_vm_pool_size lua_sa_restart lua_thread_cache_max_entries
      lua_load_resty_core lua_regex_match_limit lua_capture_error_log lua_intercept_error_log       lua_ssl_verify_depth rewrite_by_lua_no_postpone access_by_lua_no_postpone
      lua_transform_underscores_in_response_headers lua_check_client_abort lua_max_pending_timers lua_max_running_timers`,
    lua: luaBlocks(...NEWER_LUA).join(" "),
  },
  {
    module: "ngx_stream_lua_module",
    family: "stream",
    names: `${hooks(...STREAM_LUA).join(" ")} lua_package_path lua_package_cpath lua_code_cache lua_shared_dict lua_resolver
      lua_socket_connect_timeout lua_socket_send_timeout lua_socket_read_timeout lua_socket_buffer_size lua_socket_pool_size
      lua_socket_keepalive_timeout lua_socket_log_errors lua_ssl_protocols lua_ssl_ciphers lua_ssl_trusted_certificate
      lua_ssl_verify_depth lua_ssl_crl lua_ssl_conf_command lua_ssl_certificate lua_ssl_certificate_key lua_ssl_key_log
      lua_check_client_abort lua_max_pending_timers lua_max_running_timers lua_regex_cache_max_entries lua_regex_match_limit
      lua_malloc_trim lua_capture_error_log lua_sa_restart lua_load_resty_core lua_lingering_close
      lua_lingering_time lua_lingering_timeout preread_by_lua_no_postpone lua_transform_underscores_in_response_headers
      lua_upstream_skip_openssl_default_verify`,
    lua: luaBlocks(...STREAM_LUA).join(" "),
  },
  {
    module: "lua-kong-nginx-module",
    family: "http",
    names:
      "lua_kong_load_var_index lua_kong_set_static_tag lua_kong_error_log_request_id lua_kong_log_upstream_error",
  },
  {
    module: "ngx_http_zstd_filter_module",
    family: "http",
    names:
      "zstd zstd_types zstd_comp_level zstd_min_length zstd_buffers zstd_dict_file zstd_window zstd_long",
  },
  { module: "ngx_http_zstd_static_module", family: "http", names: "zstd_static" },
  { module: "ngx_http_brotli_filter_module", family: "http", names: "brotli_bypass" },
  {
    module: "ngx_http_unbrotli_filter_module",
    family: "http",
    names: "unbrotli unbrotli_buffers unbrotli_force",
  },
  {
    module: "ngx_http_vhost_traffic_status_module",
    family: "http",
    names: `vhost_traffic_status vhost_traffic_status_zone vhost_traffic_status_dump vhost_traffic_status_display
      vhost_traffic_status_display_format vhost_traffic_status_display_jsonp vhost_traffic_status_display_sum_key
      vhost_traffic_status_set_by_filter vhost_traffic_status_filter vhost_traffic_status_filter_by_host
      vhost_traffic_status_filter_by_set_key vhost_traffic_status_filter_check_duplicate
      vhost_traffic_status_filter_max_node vhost_traffic_status_limit vhost_traffic_status_limit_check_duplicate
      vhost_traffic_status_limit_traffic vhost_traffic_status_limit_traffic_by_set_key
      vhost_traffic_status_measure_status_codes vhost_traffic_status_average_method
      vhost_traffic_status_histogram_buckets vhost_traffic_status_bypass_limit vhost_traffic_status_bypass_stats
      vhost_traffic_status_stats_by_upstream vhost_traffic_status_ignore_status`,
  },
  {
    module: "ngx_http_stream_server_traffic_status_module",
    family: "http",
    names: `stream_server_traffic_status stream_server_traffic_status_zone stream_server_traffic_status_display
      stream_server_traffic_status_display_format stream_server_traffic_status_display_jsonp
      stream_server_traffic_status_average_method`,
  },
  {
    module: "ngx_stream_server_traffic_status_module",
    family: "stream",
    names: `server_traffic_status server_traffic_status_zone server_traffic_status_filter server_traffic_status_filter_by_set_key
      server_traffic_status_filter_check_duplicate server_traffic_status_limit server_traffic_status_limit_check_duplicate
      server_traffic_status_limit_traffic server_traffic_status_limit_traffic_by_set_key
      server_traffic_status_average_method`,
  },
  {
    module: "ngx_http_upload_module",
    family: "http",
    names: `upload_pass upload_resumable upload_empty_field_names upload_empty_fiels_names upload_store upload_state_store upload_store_access upload_set_form_field
      upload_aggregate_form_field upload_pass_form_field upload_cleanup upload_buffer_size upload_merge_buffer_size
      upload_range_header_buffer_size upload_max_part_header_len upload_max_file_size upload_max_output_body_len
      upload_limit_rate upload_pass_args upload_tame_arrays upload_add_header upload_filter upload_discard
      upload_archive_elm upload_archive_elm_separator upload_archive_path upload_archive_path_separator upload_content_type
      upload_unzip upload_unzip_buffers upload_unzip_hash upload_unzip_max_file_name_len upload_unzip_window
      upload_void_content_type`,
  },
  {
    module: "ngx_http_naxsi_module",
    family: "http",
    names: `MainRule BasicRule CheckRule LearningMode SecRulesEnabled SecRulesDisabled DeniedUrl NaxsiLogFile LibInjectionSql
      LibInjectionXss IgnoreIP IgnoreCIDR main_rule basic_rule check_rule learning_mode rules_enabled rules_disabled
      denied_url naxsi_log libinjection_sql libinjection_xss ignore_ip ignore_cidr naxsi_json_log`,
  },
  {
    module: "ngx_http_passenger_module",
    family: "http",
    names: `passenger_root passenger_enabled passenger_ruby passenger_python passenger_nodejs passenger_meteor_app_settings
      passenger_app_env passenger_rails_env rails_env rack_env passenger_app_root passenger_app_group_name passenger_app_type
      passenger_app_start_command passenger_startup_file passenger_restart_dir passenger_spawn_method passenger_env_var
      passenger_set_cgi_param passenger_set_header passenger_pass_header passenger_headers_hash_bucket_size
      passenger_headers_hash_max_size passenger_min_instances passenger_max_instances passenger_max_instances_per_app
      passenger_max_pool_size passenger_pool_idle_time passenger_max_preloader_idle_time passenger_pre_start
      passenger_start_timeout passenger_force_max_concurrent_requests_per_process passenger_concurrency_model
      passenger_thread_count passenger_max_requests passenger_max_request_time passenger_max_request_queue_size
      passenger_max_request_queue_time passenger_request_queue_overflow_status_code passenger_memory_limit
      passenger_rolling_restarts passenger_resist_deployment_errors passenger_user_switching passenger_user passenger_group
      passenger_default_user passenger_default_group passenger_show_version_in_header passenger_friendly_error_pages
      passenger_disable_security_update_check passenger_security_update_check_proxy passenger_disable_anonymous_telemetry
      passenger_anonymous_telemetry_proxy passenger_log_level passenger_log_file passenger_app_log_file
      passenger_disable_log_prefix passenger_file_descriptor_log_file passenger_debugger passenger_ctl
      passenger_instance_registry_dir passenger_data_buffer_dir passenger_abort_on_startup_error passenger_base_uri
      passenger_document_root passenger_buffer_response passenger_buffer_size passenger_buffers passenger_busy_buffers_size
      passenger_buffer_upload passenger_temp_path passenger_max_temp_file_size passenger_temp_file_write_size
      passenger_ignore_client_abort passenger_intercept_errors passenger_ignore_headers passenger_read_timeout
      passenger_sticky_sessions passenger_sticky_sessions_cookie_name passenger_sticky_sessions_cookie_attributes
      passenger_vary_turbocache_by_cookie passenger_turbocaching passenger_abort_websockets_on_process_shutdown
      passenger_load_shell_envvars passenger_preload_bundler passenger_fly_with passenger_admin_panel_url
      passenger_admin_panel_auth_type passenger_admin_panel_username passenger_admin_panel_password passenger_monitor_log_file
      passenger_spawn_dir passenger_socket_backlog passenger_core_file_descriptor_ulimit
      passenger_app_file_descriptor_ulimit passenger_stat_throttle_rate passenger_response_buffer_high_watermark
      passenger_use_global_queue passenger_analytics_log_user passenger_analytics_log_group passenger_enabled
      passenger_app_connect_timeout passenger_direct_instance_request_address passenger_dump_config_manifest
      passenger_analytics_support union_station_support union_station_key union_station_filter passenger_debug_log_file`,
  },
  {
    module: "ngx_http_google_filter_module",
    family: "http",
    names: "google google_scholar google_language google_robots_action google_ssl_off",
  },
  {
    module: "ngx_http_rdns_module",
    family: "http",
    names: "rdns rdns_allow rdns_deny",
  },
  {
    module: "ngx_pagespeed",
    family: "http",
    names: "pagespeed ModPagespeed",
  },
  {
    module: "ngx_http_redis2_module",
    family: "http",
    names: `redis2_pass redis2_query redis2_raw_query redis2_raw_queries redis2_literal_raw_query redis2_bind
      redis2_connect_timeout redis2_send_timeout redis2_read_timeout redis2_buffer_size redis2_next_upstream`,
  },
  {
    module: "ngx_http_redis_module",
    family: "http",
    names: `redis_pass redis_bind redis_connect_timeout redis_read_timeout redis_send_timeout redis_buffer_size
      redis_next_upstream redis_gzip_flag`,
  },
  {
    module: "ngx_http_encrypted_session_module",
    family: "http",
    names: `encrypted_session_key encrypted_session_iv encrypted_session_expires set_encrypt_session set_decrypt_session`,
  },
  { module: "ngx_http_form_input_module", family: "http", names: "set_form_input set_form_input_multi" },
  {
    module: "ngx_http_array_var_module",
    family: "http",
    names: "array_split array_join array_map array_map_op array_append array_ref",
  },
  { module: "ngx_http_iconv_module", family: "http", names: "set_iconv iconv_filter iconv_buffer_size" },
  {
    module: "ngx_http_rds_json_filter_module",
    family: "http",
    names: `rds_json rds_json_root rds_json_success_property rds_json_user_property rds_json_errcode_key rds_json_errstr_key
      rds_json_ret rds_json_content_type rds_json_format rds_json_buffer_size`,
  },
  {
    module: "ngx_http_rds_csv_filter_module",
    family: "http",
    names:
      "rds_csv rds_csv_row_terminator rds_csv_field_separator rds_csv_field_name_header rds_csv_content_type rds_csv_buffer_size",
  },
  {
    module: "ngx_http_drizzle_module",
    family: "http",
    names: `drizzle_pass drizzle_query drizzle_server drizzle_keepalive drizzle_dbname drizzle_connect_timeout
      drizzle_send_query_timeout drizzle_recv_cols_timeout drizzle_recv_rows_timeout drizzle_buffer_size
      drizzle_module_header drizzle_status`,
  },
  {
    module: "ngx_postgres_module",
    family: "http",
    names: `postgres_server postgres_keepalive postgres_pass postgres_query postgres_rewrite postgres_output postgres_set
      postgres_escape postgres_connect_timeout postgres_result_timeout`,
  },
  { module: "ngx_coolkit_module", family: "http", names: "override_method" },
  {
    module: "ngx_http_xss_filter_module",
    family: "http",
    names: `xss_get xss_callback_arg xss_override_status xss_check_status xss_input_types xss_output_type`,
  },
  {
    module: "ngx_http_sticky_module",
    family: "http",
    names: "sticky sticky_hide_cookie sticky_no_fallback",
    // nginx has a `sticky` of its own since 1.29.6, NGINX Plus since long before.
    contexts: "upstream",
    twin: true,
  },
  {
    module: "ngx_http_upstream_check_module",
    family: "http",
    names: `check check_keepalive_requests check_http_send check_http_expect_alive check_fastcgi_param check_shm_size
      check_status`,
  },
  {
    module: "ngx_stream_upstream_check_module",
    family: "stream",
    names: "check check_keepalive_requests check_http_send check_http_expect_alive check_shm_size",
  },
  {
    module: "ngx_http_upstream_jdomain_module",
    family: "http",
    names: "jdomain",
  },
  {
    module: "ngx_http_upstream_consistent_hash_module",
    family: "http",
    names: "consistent_hash",
  },
  {
    // Tengine's own additions, as a family: a fork, not modules.
    module: "tengine",
    family: "http",
    names: `session_sticky session_sticky_hide_cookie dyups_interface dyups_read_msg_timeout dyups_shm_zone_size
      dyups_upstream_conf dyups_trylock dyups_file_path dynamic_resolve consistent_hash vnswrr vnswrr_max_init
      concat concat_types concat_unique concat_max_files concat_delimiter concat_ignore_file_error trim trim_js trim_css
      footer footer_types sysguard sysguard_load sysguard_mem sysguard_rt sysguard_interval sysguard_log_level sysguard_mode
      sysguard_cpu user_agent reqstat_zone req_status req_status_show req_status_zone req_status_bypass req_status_show_field
      req_status_zone_add_indicator req_status_zone_key_length req_status_zone_recycle req_status_lazy
      req_status_show_style       limit_upstream_conn limit_upstream_zone limit_upstream_log_level
      retry_cached_connection unescape_uri server_admin server_info server_tag      
      xquic_ssl_certificate xquic_ssl_certificate_key xquic_ssl_session_ticket_key
      backtrace_log backtrace_max_stack_size
      debug_pool env_var `,
  },
  {
    module: "ngx_http_auth_ldap_module",
    family: "http",
    names:
      "auth_ldap auth_ldap_servers auth_ldap_cache_enabled auth_ldap_cache_expiration_time auth_ldap_cache_size auth_ldap_servers_size auth_ldap_resolver auth_ldap_resolver_timeout",
    blocks: { ldap_server: "ldap_server" },
  },
  {
    module: "ngx_http_auth_jwt_module (third-party)",
    family: "http",
    names: `auth_jwt_enabled auth_jwt_key auth_jwt_loginurl auth_jwt_redirect auth_jwt_algorithm auth_jwt_location
      auth_jwt_keyfile_path auth_jwt_use_keyfile auth_jwt_extract_claims auth_jwt_extract_request_claims
      auth_jwt_extract_response_claims auth_jwt_extract_var_claims auth_jwt_validate_sub auth_jwt_validation_type
      auth_jwt_extract_sub auth_jwt_validate_email auth_jwt_validate_exp auth_jwt_validate_sig auth_jwt_phase
      auth_jwt_revocation_list_sub auth_jwt_revocation_list_kid auth_jwt_allow_nested auth_jwt_require_claim
      auth_jwt_require_header auth_jwt_key_inline`,
  },
  {
    module: "ngx_http_auth_digest_module",
    family: "http",
    names: `auth_digest auth_digest_user_file auth_digest_timeout auth_digest_expires auth_digest_replays auth_digest_shm_size
      auth_digest_evasion_time auth_digest_maxtries auth_digest_drop_time`,
  },
  {
    module: "ngx_http_auth_totp_module",
    family: "http",
    names: `auth_totp_realm auth_totp_file auth_totp_length auth_totp_skew auth_totp_step auth_totp_start auth_totp_cookie auth_totp_expiry auth_totp_reuse`,
  },
  {
    module: "ngx_http_auth_spnego_module",
    family: "http",
    names: `auth_gss auth_gss_zone_name auth_gss_realm auth_gss_keytab auth_gss_service_ccache auth_gss_service_name
      auth_gss_authorized_principal auth_gss_authorized_principal_regex auth_gss_allow_basic_fallback auth_gss_force_realm
      auth_gss_format_full auth_gss_map_to_local auth_gss_constrained_delegation auth_gss_delegate_credentials`,
  },
  {
    module: "ngx_http_ajp_module",
    family: "http",
    names: `ajp_pass ajp_bind ajp_buffering ajp_buffer_size ajp_buffers ajp_busy_buffers_size ajp_cache ajp_cache_key
      ajp_cache_methods ajp_cache_min_uses ajp_cache_path ajp_cache_use_stale ajp_cache_valid ajp_cache_lock
      ajp_cache_lock_timeout ajp_cache_bypass ajp_no_cache ajp_connect_timeout ajp_header_packet_buffer_size ajp_hide_header
      ajp_ignore_client_abort ajp_ignore_headers ajp_intercept_errors ajp_keep_conn ajp_max_data_packet_size
      ajp_max_temp_file_size ajp_next_upstream ajp_pass_header ajp_pass_request_body ajp_pass_request_headers
      ajp_read_timeout ajp_script_url ajp_secret ajp_send_lowat ajp_send_timeout ajp_set_header ajp_store ajp_store_access
      ajp_temp_file_write_size ajp_temp_path ajp_upstream_fail_timeout ajp_upstream_max_fails ajp_param`,
  },
  {
    module: "ngx_http_sorted_querystring_module",
    family: "http",
    names:
      "sorted_querystring_filter_parameter sorted_querysting_filter_parameter sorted_querystring_overwrite",
  },
  {
    module: "ngx_http_testcookie_access_module",
    family: "http",
    names: `testcookie testcookie_name testcookie_domain testcookie_expires testcookie_path testcookie_secret
      testcookie_session testcookie_arg testcookie_max_attempts testcookie_p3p testcookie_fallback testcookie_whitelist
      testcookie_pass testcookie_redirect_via_refresh testcookie_refresh_template testcookie_refresh_status
      testcookie_deny_keepalive testcookie_get_only testcookie_https_location testcookie_refresh_encrypt_cookie
      testcookie_refresh_encrypt_cookie_key testcookie_refresh_encrypt_cookie_iv testcookie_internal
      testcookie_httponly_flag testcookie_secure_flag testcookie_port_in_redirect testcookie_samesite`,
    blocks: { testcookie_whitelist: "geo" },
  },
  { module: "ngx_http_cookie_flag_filter_module", family: "http", names: "set_cookie_flag" },
  {
    module: "ngx_http_security_headers_module",
    family: "http",
    names: `security_headers security_headers_nosniff_types security_headers_types security_headers_xss security_headers_x_xss_protection
      security_headers_frame security_headers_referrer_policy security_headers_hsts_preload security_headers_hsts
      hide_server_tokens security_headers_nosniff security_headers_permissions_policy security_headers_csp
      security_headers_text_types security_headers_corp security_headers_coop security_headers_coep`,
  },
  {
    module: "ngx_http_push_stream_module",
    family: "http",
    names: `push_stream_channels_statistics push_stream_publisher push_stream_subscriber push_stream_shared_memory_size
      push_stream_channel_deleted_message_text push_stream_channel_inactivity_time push_stream_ping_message_text
      push_stream_timeout_with_body push_stream_message_ttl push_stream_max_subscribers_per_channel
      push_stream_max_messages_stored_per_channel push_stream_max_channel_id_length push_stream_max_number_of_channels
      push_stream_max_number_of_wildcard_channels push_stream_wildcard_channel_prefix push_stream_events_channel_id
      push_stream_channels_path push_stream_store_messages push_stream_channel_info_on_publish
      push_stream_authorized_channels_only push_stream_header_template push_stream_header_template_file
      push_stream_message_template push_stream_footer_template push_stream_wildcard_channel_max_qtd
      push_stream_ping_message_interval push_stream_subscriber_connection_ttl push_stream_longpolling_connection_ttl
      push_stream_websocket_allow_publish push_stream_last_received_message_time push_stream_last_received_message_tag
      push_stream_last_event_id push_stream_user_agent push_stream_padding_by_user_agent push_stream_allowed_origins
      push_stream_allow_connections_to_events_channel push_stream_store_messages push_stream_allow_credentials`,
  },
  {
    module: "ngx_http_slowfs_module",
    family: "http",
    names: `slowfs_cache slowfs_cache_key slowfs_cache_purge slowfs_cache_path slowfs_cache_min_uses slowfs_cache_valid
      slowfs_big_file_size slowfs_temp_path`,
  },
  {
    module: "ngx_http_vod_module",
    family: "http",
    names: `vod vod_mode vod_status vod_fallback_upstream_location vod_remote_upstream_location vod_upstream_location
      vod_proxy_header_name vod_proxy_header_value vod_upstream_extra_args vod_max_upstream_headers_size vod_expires
      vod_expires_live vod_expires_live_time_dependent vod_last_modified vod_last_modified_types vod_secret_key
      vod_multi_uri_suffix vod_clip_from_param_name vod_clip_to_param_name vod_tracks_param_name vod_speed_param_name
      vod_lang_param_name vod_time_shift_param_name vod_force_playlist_type_vod vod_segment_duration vod_live_window_duration
      vod_bootstrap_segment_durations vod_align_segments_to_key_frames vod_segment_count_policy
      vod_manifest_segment_durations_mode vod_manifest_duration_policy vod_metadata_cache vod_mapping_cache
      vod_live_mapping_cache vod_response_cache vod_live_response_cache vod_initial_read_size vod_max_metadata_size
      vod_max_frames_size vod_max_frame_count vod_segment_max_frame_count vod_cache_buffer_size vod_open_file_thread_pool
      vod_output_buffer_pool vod_performance_counters vod_base_url vod_segments_base_url vod_max_mapping_response_size
      vod_path_response_prefix vod_path_response_postfix vod_max_upstream_headers_size vod_gop_look_ahead vod_gop_look_behind
      vod_ignore_edit_list vod_parse_hdlr_name vod_parse_udta_name vod_media_set_map_uri vod_media_set_override_json
      vod_notification_uri vod_dynamic_mapping_cache vod_dynamic_clip_map_uri vod_apply_dynamic_mapping vod_source_clip_map_uri
      vod_redirect_segments_url vod_drm_enabled vod_drm_single_key vod_drm_clear_lead_segment_count vod_drm_max_info_length
      vod_drm_info_cache vod_drm_upstream_location vod_drm_request_uri vod_encryption_iv_seed vod_min_single_nalu_per_frame_segment
      vod_hls_encryption_method vod_hls_encryption_key_uri vod_hls_encryption_key_file_name vod_hls_encryption_key_format
      vod_hls_encryption_key_format_versions vod_hls_encryption_output_iv vod_hls_absolute_master_urls
      vod_hls_absolute_index_urls vod_hls_absolute_iframe_urls vod_hls_output_iframes_playlist
      vod_hls_master_file_name_prefix vod_hls_index_file_name_prefix vod_hls_iframes_file_name_prefix
      vod_hls_segment_file_name_prefix vod_hls_init_file_name_prefix vod_hls_container_format vod_hls_force_unmuxed_segments
      vod_hls_interleave_frames vod_hls_align_frames vod_hls_output_id3_timestamps vod_hls_id3_data
      vod_hls_mpegts_interleave_frames vod_hls_mpegts_align_frames vod_hls_mpegts_output_id3_timestamps
      vod_hls_mpegts_align_pts vod_hls_encryption_iv_seed vod_hls_fps_format vod_dash_absolute_manifest_urls
      vod_dash_manifest_format vod_dash_manifest_file_name_prefix vod_dash_init_file_name_prefix
      vod_dash_fragment_file_name_prefix vod_dash_subtitle_format vod_dash_init_mp4_pssh vod_dash_duplicate_bitrate_threshold
      vod_dash_write_playready_kid vod_dash_use_base_url_tag vod_hds_absolute_manifest_urls
      vod_hds_manifest_file_name_prefix vod_hds_fragment_file_name_prefix vod_hds_generate_moof_atom
      vod_mss_manifest_file_name_prefix vod_mss_duplicate_bitrate_threshold vod_thumb_file_name_prefix vod_thumb_accurate_positioning
      vod_gop_look_ahead vod_volume_map_file_name_prefix vod_volume_map_interval vod_volume_map_accumulate`,
  },
  {
    module: "ngx_http_subs_filter_module",
    family: "http",
    names: "subs_filter_bypass subs_buffers subs_line_buffer_size",
  },
  {
    module: "ngx_http_nchan_module",
    family: "http",
    names: "nchan_message_compression nchan_websocket_client_heartbeat",
  },
  { module: "ngx_http_cache_purge_module", family: "http", names: "cache_purge_response_type" },
  {
    module: "ngx_http_proxy_connect_module",
    family: "http",
    names: `proxy_connect proxy_connect_allow proxy_connect_connect_timeout proxy_connect_data_timeout proxy_connect_read_timeout proxy_connect_send_timeout proxy_connect_address proxy_connect_bind proxy_connect_response`,
  },
  {
    module: "ngx_http_concat_module",
    family: "http",
    names: "concat concat_types concat_unique concat_max_files concat_delimiter concat_ignore_file_error",
  },
  { module: "ngx_http_substitutions_filter_module", family: "http", names: "subs_filter_last_modified" },
  {
    module: "ngx_http_length_hiding_filter_module",
    family: "http",
    names: "length_hiding length_hiding_max",
  },
  {
    module: "ngx_http_upsync_module",
    family: "http",
    names: "upsync upsync_dump_path upsync_lb upstream_show",
  },
  {
    module: "ngx_stream_upsync_module",
    family: "stream",
    names: "upsync upsync_dump_path upsync_lb upstream_show",
  },
  { module: "ngx_http_doh_module", family: "http", names: "doh doh_address doh_port doh_timeout" },
  {
    module: "ngx_http_opentracing_module",
    family: "http",
    names: `opentracing opentracing_load_tracer opentracing_propagate_context opentracing_fastcgi_propagate_context
      opentracing_grpc_propagate_context opentracing_operation_name opentracing_location_operation_name opentracing_tag
      opentracing_trace_locations opentracing_trust_incoming_span opentracing_enable_subrequests`,
  },
  {
    module: "ngx_http_opentelemetry_module",
    family: "http",
    names: `opentelemetry opentelemetry_config opentelemetry_operation_name opentelemetry_propagate opentelemetry_attribute
      opentelemetry_capture_headers opentelemetry_sensitive_header_names opentelemetry_sensitive_header_values
      opentelemetry_ignore_paths opentelemetry_trust_incoming_spans`,
  },
  {
    module: "ngx_http_datadog_module",
    family: "http",
    names: `datadog_agent_url datadog_service_name datadog_environment datadog_version datadog_tracing datadog_tag
      datadog_sample_rate datadog_operation_name datadog_resource_name datadog_location_operation_name
      datadog_location_resource_name datadog_trace_locations datadog_trust_incoming_span datadog_propagation_styles
      datadog_disable datadog_enable datadog_appsec_enabled datadog_rum datadog_baggage_span_tags_enabled`,
  },
  {
    module: "ngx_http_shibboleth_module",
    family: "http",
    names: "shib_request shib_request_set shib_request_use_headers shib_authorizer",
  },
  {
    module: "ngx_http_accounting_module",
    family: "http",
    names:
      "http_accounting http_accounting_id http_accounting_interval http_accounting_perturb http_accounting_log",
  },
  { module: "ngx_http_let_module", family: "http", names: "let" },
  {
    module: "ngx_http_eval_module",
    family: "http",
    names: "eval eval_buffer_size eval_escalate eval_override_content_type eval_subrequest_in_memory",
    blocks: { eval: "unknown" },
  },
  { module: "ngx_http_session_binding_proxy_module", family: "http", names: "session_binding_proxy" },
  { module: "ngx_http_user_agent_module", family: "http", names: "", blocks: { user_agent: "unknown" } },
  {
    module: "ngx_http_small_light_module",
    family: "http",
    names: `small_light small_light_getparam_mode small_light_material_dir small_light_pattern_define small_light_radius_max small_light_sigma_max small_light_imlib2_temp_dir small_light_buffer`,
  },
  { module: "ngx_http_lower_upper_case_module", family: "http", names: "lower upper" },
  { module: "ngx_http_ct_module", family: "http", names: "ssl_ct ssl_ct_static_scts" },
  {
    module: "ngx_http_ipdb_module",
    family: "http",
    names: "ipdb ipdb_language ipdb_proxy ipdb_proxy_recursive",
  },
  {
    module: "ngx_http_ip2location_module",
    family: "http",
    names:
      "ip2location_database ip2location_proxy ip2location_proxy_recursive ip2location_access_type ip2proxy_database ip2proxy_proxy ip2proxy_proxy_recursive",
  },
  {
    module: "ngx_http_limit_traffic_rate_filter_module",
    family: "http",
    names: "limit_traffic_rate_zone limit_traffic_rate",
  },
  { module: "ngx_http_dynamic_etag_module", family: "http", names: "dynamic_etag dynamic_etag_types" },
  {
    module: "ngx_http_html_sanitize_module",
    family: "http",
    names: "html_sanitize html_sanitize_hash_max_size html_sanitize_url_protocol",
  },
  {
    module: "ngx_http_replace_filter_module",
    family: "http",
    names:
      "replace_filter replace_filter_types replace_filter_max_buffered_size replace_filter_last_modified replace_filter_skip",
  },
  { module: "ngx_http_fluentd_module", family: "http", names: "fluentd_server fluentd_tag access_fluentd" },
  {
    module: "ngx_http_statsd_module",
    family: "http",
    names: "statsd_server statsd_sample_rate statsd_count statsd_timing",
  },
  {
    module: "ngx_http_hmac_secure_link_module",
    family: "http",
    names: "secure_link_hmac secure_link_hmac_message secure_link_hmac_secret secure_link_hmac_algorithm",
  },
  {
    module: "ngx_http_akamai_token_validate_module",
    family: "http",
    names:
      "akamai_token_validate akamai_token_validate_key akamai_token_validate_param_name akamai_token_validate_strip_token",
  },
  {
    module: "ngx_http_secure_token_module",
    family: "http",
    names: `secure_token secure_token_avoid_cookies secure_token_content_type_f4m secure_token_content_type_m3u8 secure_token_content_type_mpd secure_token_cookie_token_expires_time secure_token_expires_time secure_token_query_token_expires_time secure_token_tokenize_segments secure_token_types secure_token_uri_filename_prefix`,
    blocks: {
      secure_token_akamai: "unknown",
      secure_token_cloudfront: "unknown",
      secure_token_cht: "unknown",
      secure_token_broadpeak: "unknown",
      secure_token_iijpta: "unknown",
      secure_token_chinacache: "unknown",
    },
  },
  {
    module: "ngx_http_aws_auth_module",
    family: "http",
    names:
      "aws_access_key aws_key_scope aws_signing_key aws_endpoint aws_s3_bucket aws_sign aws_secret_key aws_auth",
  },
  {
    module: "ngx_http_captcha_module",
    family: "http",
    names:
      "captcha captcha_case captcha_expire captcha_height captcha_width captcha_secret captcha_length captcha_size captcha_star captcha_line captcha_level captcha_icase captcha_font captcha_charset captcha_name",
  },
  {
    module: "ngx_http_waf_module",
    family: "http",
    names:
      "waf waf_rule_path waf_mode waf_cc_deny waf_cache waf_under_attack waf_priority waf_http_status waf_captcha waf_verify_bot waf_block_page waf_zone waf_action waf_modsecurity",
  },
  { module: "ngx_wasm_module", family: "core", names: "", blocks: { wasm: "unknown" } },
  { module: "ngx_tcp_module", family: "core", names: "", blocks: { tcp: "unknown", udp: "unknown" } },
  { module: "ngx_http_delay_module", family: "http", names: "delay" },
  {
    module: "ngx_http_tarantool_module",
    family: "http",
    names:
      "tnt_pass tnt_http_methods tnt_http_rest_methods tnt_method tnt_pass_http_request tnt_pass_http_request_buffer_size tnt_pure_result tnt_multireturn_skip_count tnt_next_upstream tnt_next_upstream_tries tnt_next_upstream_timeout tnt_buffer_size tnt_in_multiplier tnt_out_multiplier tnt_connect_timeout tnt_read_timeout tnt_send_timeout",
  },
  {
    module: "ngx_http_mruby_module",
    family: "http",
    names: `mruby_init mruby_init_worker mruby_exit_worker mruby_set mruby_add_handler mruby_post_read_handler mruby_server_rewrite_handler mruby_rewrite_handler mruby_access_handler mruby_content_handler mruby_log_handler mruby_output_body_filter mruby_output_header_filter`,
  },
  {
    module: "ngx_http_clojure_module",
    family: "http",
    names:
      "jvm_path jvm_options jvm_var jvm_workers jvm_classpath jvm_handler_type jvm_init_handler_name jvm_init_handler_code content_handler_name content_handler_code rewrite_handler_name rewrite_handler_code access_handler_name access_handler_code",
  },
  {
    module: "ngx_http_modsecurity_module",
    family: "http",
    names:
      "ModSecurityEnabled ModSecurityConfig ModSecurityPass modsecurity_use_error_log modsecurity_phase4_mode",
  },
];
