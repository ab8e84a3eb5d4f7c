package engine

// Rule is the stable id of a reason, e.g. "rfc9293/fin-in-established". Each stands at exactly one place in the code.
type Rule string

// The rules: the specification or kernel function that each follows stands behind it.
const (

	// Opening
	RuleActiveOpen               Rule = "rfc9293/active-open"              // RFC 9293 §3.10.1
	RuleListenActiveOpen         Rule = "rfc9293/listen-active-open"       // RFC 9293 §3.10.1, §3.10.2
	RuleSendSyn                  Rule = "rfc9293/send-syn"                 // RFC 9293 §3.5
	RulePassiveOpen              Rule = "rfc9293/passive-open"             // RFC 9293 §3.10.1
	RuleListenSyn                Rule = "rfc9293/listen-syn"               // RFC 9293 §3.10.7.2
	RuleSynAck                   Rule = "rfc9293/send-syn-ack"             // RFC 9293 §3.5
	RuleSynSentSynAck            Rule = "rfc9293/syn-sent-syn-ack"         // RFC 9293 §3.10.7.3
	RuleThirdAck                 Rule = "rfc9293/third-ack"                // RFC 9293 §3.5
	RuleThirdAckArrived          Rule = "rfc9293/third-ack-arrived"        // RFC 9293 §3.10.7.4; kernel tcp_check_req
	RuleSynSentBadAck            Rule = "rfc9293/syn-sent-bad-ack"         // RFC 9293 §3.10.7.3
	RuleSynSentRetrySoon         Rule = "linux/syn-retry-soon"             // kernel tcp_rcv_synsent_state_process
	RuleSynSentReset             Rule = "rfc9293/syn-sent-reset"           // RFC 9293 §3.10.7.3
	RuleSimultaneousOpen         Rule = "rfc9293/simultaneous-open"        // RFC 9293 §3.5 figure 8
	RuleSimultaneousSynAck       Rule = "rfc9293/simultaneous-syn-ack"     // RFC 9293 §3.10.7.3
	RuleSimultaneousEstablished  Rule = "rfc9293/simultaneous-established" // RFC 9293 §3.10.7.4
	RuleSynReceivedBadAck        Rule = "rfc9293/syn-received-bad-ack"     // RFC 9293 §3.10.7.4
	RuleListenAck                Rule = "rfc9293/listen-ack"               // RFC 9293 §3.10.7.2
	RuleNoSocketReset            Rule = "rfc9293/no-socket-reset"          // RFC 9293 §3.10.7.1
	RuleSynAgain                 Rule = "linux/syn-again"                  // kernel tcp_check_req
	RuleSynCookie                Rule = "linux/syn-cookie"                 // RFC 4987 §3.6; kernel tcp_conn_request
	RuleCookieAck                Rule = "linux/cookie-ack"                 // kernel cookie_v4_check
	RuleSynAckTimer              Rule = "linux/syn-ack-timer"              // kernel reqsk_timer_handler
	RuleSynAckFires              Rule = "linux/syn-ack-timer-fires"        // kernel reqsk_timer_handler
	RuleSynAckAgain              Rule = "linux/syn-ack-again"              // kernel tcp_rtx_synack
	RuleSynAckGiveUp             Rule = "linux/synack-retries"             // kernel reqsk_timer_handler
	RuleOldRequest               Rule = "linux/old-request"                // kernel reqsk_timer_handler
	RuleRequestBadAck            Rule = "rfc9293/request-bad-ack"          // RFC 9293 §3.10.7.4; kernel tcp_check_req
	RuleRequestOutOfWindow       Rule = "linux/request-out-of-window"      // kernel tcp_check_req
	RuleRequestReset             Rule = "rfc9293/request-reset"            // RFC 9293 §3.10.7.4
	RuleRequestSyn               Rule = "linux/request-syn-reset"          // kernel tcp_check_req
	RuleRequestSynDropped        Rule = "linux/request-syn"                // kernel tcp_check_req
	RuleAbortOnOverflow          Rule = "linux/abort-on-overflow"          // kernel tcp_check_req
	RuleOverflowAborted          Rule = "linux/overflow-aborted"           // kernel tcp_check_req
	RuleListenerClosedRequest    Rule = "linux/listener-closed-request"    // kernel inet_csk_listen_stop
	RuleListenerClosedReset      Rule = "linux/listener-closed-reset"      // kernel inet_csk_listen_stop
	RuleListenerClosedConnection Rule = "linux/listener-closed-connection" // kernel inet_csk_listen_stop
	RuleListenerClosed           Rule = "rfc9293/listener-closed"          // RFC 9293 §3.10.4

	// Data and acknowledgments
	RuleSendData         Rule = "rfc9293/send-data"               // RFC 9293 §3.10.2
	RuleSendOnAck        Rule = "rfc9293/send-on-ack"             // RFC 9293 §3.10.7.4
	RuleNodelay          Rule = "rfc9293/nodelay"                 // RFC 9293 §3.7.4
	RuleSecondSegmentAck Rule = "rfc9293/second-segment-ack"      // RFC 9293 §3.8.6.3
	RuleQuickAck         Rule = "linux/quick-ack"                 // kernel __tcp_ack_snd_check
	RuleGapFilledAck     Rule = "rfc5681/gap-filled-ack"          // RFC 5681 §4.2
	RuleOutOfOrderAck    Rule = "rfc5681/out-of-order-ack"        // RFC 5681 §4.2, RFC 2018 §4
	RuleGatherTimer      Rule = "linux/sack-gather-timer"         // kernel __tcp_ack_snd_check
	RuleGatherFires      Rule = "linux/sack-gather-timer-fires"   // kernel tcp_compressed_ack_kick
	RuleGatheredAck      Rule = "linux/gathered-sack"             // kernel tcp_compressed_ack_kick
	RuleDelackTimer      Rule = "rfc9293/delayed-ack-timer"       // RFC 9293 §3.8.6.3; kernel tcp_send_delayed_ack
	RuleDelackFires      Rule = "rfc9293/delayed-ack-timer-fires" // RFC 9293 §3.8.6.3; kernel tcp_delack_timer_handler
	RuleDelayedAck       Rule = "rfc9293/delayed-ack"             // RFC 9293 §3.8.6.3; kernel tcp_delack_timer_handler
	RuleDelackNearlyDue  Rule = "linux/delayed-ack-nearly-due"    // kernel tcp_send_delayed_ack
	RuleAckOnRead        Rule = "linux/ack-on-read"               // kernel tcp_cleanup_rbuf
	RuleWindowUpdate     Rule = "rfc9293/window-update"           // RFC 9293 §3.8.6.2.2; kernel tcp_cleanup_rbuf
	RuleAckOfUnsent      Rule = "rfc9293/ack-of-unsent"           // RFC 9293 §3.10.7.4
	RuleChallengeOldAck  Rule = "rfc5961/old-ack"                 // RFC 5961 §5
	RuleUnacceptable     Rule = "rfc9293/unacceptable-segment"    // RFC 9293 §3.10.7.4
	RulePawsReject       Rule = "rfc7323/paws"                    // RFC 7323 §5
	RuleChallengeReset   Rule = "rfc5961/challenge-reset"         // RFC 5961 §3
	RuleChallengeSyn     Rule = "rfc5961/challenge-syn"           // RFC 5961 §4
	RuleReset            Rule = "rfc9293/reset"                   // RFC 9293 §3.10.7.4, RFC 5961 §3

	// Timers and loss
	RuleTimerNotNeeded      Rule = "rfc6298/timer-off"             // RFC 6298 §5.2
	RuleRetransmitTimer     Rule = "rfc6298/timer"                 // RFC 6298 §5.1
	RuleRetransmitFires     Rule = "rfc6298/timer-fires"           // RFC 6298 §5.4
	RuleRetransmit          Rule = "rfc6298/retransmit"            // RFC 6298 §5.4
	RuleNewDataAfterTimeout Rule = "rfc5682/new-data"              // RFC 5682 §3.1; kernel tcp_process_loss
	RuleResendAfterTimeout  Rule = "rfc5681/resend-after-timeout"  // RFC 5681 §4.3
	RuleProbeTimer          Rule = "rfc8985/probe-timer"           // RFC 8985 §7.2; kernel tcp_schedule_loss_probe
	RuleProbeFires          Rule = "rfc8985/probe-timer-fires"     // RFC 8985 §7.3
	RuleProbeNewData        Rule = "rfc8985/probe-new-data"        // RFC 8985 §7.3
	RuleProbeResend         Rule = "rfc8985/probe-resend"          // RFC 8985 §7.3
	RuleReorderTimer        Rule = "rfc8985/reorder-timer"         // RFC 8985 §6.2
	RuleReorderFires        Rule = "rfc8985/reorder-timer-fires"   // RFC 8985 §6.3
	RuleFastRetransmit      Rule = "rfc8985/fast-retransmit"       // RFC 8985 §6.2
	RuleThreeDuplicates     Rule = "rfc5681/fast-retransmit"       // RFC 5681 §3.2
	RulePartialAck          Rule = "rfc6582/partial-ack"           // RFC 6582 §3.2
	RuleResendLost          Rule = "rfc8985/resend-lost"           // RFC 8985 §6.2
	RuleGiveUp              Rule = "linux/retries"                 // kernel tcp_write_timeout, retransmits_timed_out
	RulePersistTimer        Rule = "rfc9293/persist-timer"         // RFC 9293 §3.8.6.1
	RulePersistFires        Rule = "rfc9293/persist-timer-fires"   // RFC 9293 §3.8.6.1
	RuleWindowProbe         Rule = "rfc9293/window-probe"          // RFC 9293 §3.8.6.1; kernel tcp_write_wakeup
	RuleSmallWindowData     Rule = "rfc9293/small-window-data"     // RFC 9293 §3.8.6.2.1; kernel tcp_write_wakeup
	RuleGiveUpProbing       Rule = "linux/probe-retries"           // kernel tcp_probe_timer
	RuleKeepaliveTimer      Rule = "rfc9293/keepalive-timer"       // RFC 9293 §3.8.4
	RuleKeepaliveFires      Rule = "rfc9293/keepalive-timer-fires" // RFC 9293 §3.8.4
	RuleKeepaliveProbe      Rule = "rfc9293/keepalive-probe"       // RFC 9293 §3.8.4; kernel tcp_keepalive_timer
	RuleKeepaliveReset      Rule = "linux/keepalive-reset"         // kernel tcp_keepalive_timer
	RuleKeepaliveGiveUp     Rule = "linux/keepalive-give-up"       // kernel tcp_keepalive_timer

	// Closing
	RuleCloseInEstablished  Rule = "rfc9293/close-in-established" // RFC 9293 §3.10.4
	RuleSendFin             Rule = "rfc9293/send-fin"             // RFC 9293 §3.6
	RuleCloseInCloseWait    Rule = "rfc9293/close-in-close-wait"  // RFC 9293 §3.10.4
	RuleSendLastFin         Rule = "rfc9293/send-last-fin"        // RFC 9293 §3.6
	RuleFinInEstablished    Rule = "rfc9293/fin-in-established"   // RFC 9293 §3.10.7.4
	RuleFinInFinWait1       Rule = "rfc9293/fin-in-fin-wait-1"    // RFC 9293 §3.10.7.4
	RuleAckSimultaneousFin  Rule = "rfc9293/ack-simultaneous-fin" // RFC 9293 §3.6 figure 13
	RuleFinInFinWait2       Rule = "rfc9293/fin-in-fin-wait-2"    // RFC 9293 §3.10.7.4
	RuleAckLastFin          Rule = "rfc9293/ack-last-fin"         // RFC 9293 §3.6
	RuleFinAcked            Rule = "rfc9293/fin-acked"            // RFC 9293 §3.10.7.4
	RuleClosingAcked        Rule = "rfc9293/closing-acked"        // RFC 9293 §3.10.7.4
	RuleLastAckAcked        Rule = "rfc9293/last-ack-acked"       // RFC 9293 §3.10.7.4
	RuleCloseInSynSent      Rule = "rfc9293/close-in-syn-sent"    // RFC 9293 §3.10.4
	RuleShutdownInSynSent   Rule = "linux/shutdown-in-syn-sent"   // kernel inet_shutdown
	RuleCloseUnreadReset    Rule = "rfc1122/close-unread-reset"   // RFC 1122 §4.2.2.13, RFC 2525 §2.17; kernel __tcp_close
	RuleCloseUnread         Rule = "rfc1122/close-unread"         // RFC 1122 §4.2.2.13, RFC 2525 §2.17; kernel __tcp_close
	RuleLingerZeroReset     Rule = "rfc9293/abort-reset"          // RFC 9293 §3.10.5; kernel tcp_disconnect
	RuleLingerZero          Rule = "rfc9293/abort"                // RFC 9293 §3.10.5; kernel tcp_disconnect
	RuleLinger2Reset        Rule = "linux/linger2-reset"          // kernel __tcp_close
	RuleLinger2             Rule = "linux/linger2"                // kernel __tcp_close
	RuleLinger2OnAckReset   Rule = "linux/linger2-on-ack-reset"   // kernel tcp_rcv_state_process, tcp_v4_do_rcv
	RuleLinger2OnAck        Rule = "linux/linger2-on-ack"         // kernel tcp_rcv_state_process
	RuleOrphanDataReset     Rule = "rfc1122/orphan-data-reset"    // RFC 1122 §4.2.2.13
	RuleOrphanData          Rule = "rfc1122/orphan-data"          // RFC 1122 §4.2.2.13; kernel tcp_rcv_state_process
	RuleTooManyOrphansReset Rule = "linux/max-orphans-reset"      // kernel tcp_check_oom
	RuleTooManyOrphans      Rule = "linux/max-orphans"            // kernel tcp_check_oom
	RuleFinWait2Timer       Rule = "linux/fin-timeout"            // kernel tcp_fin_time, tcp_time_wait
	RuleFinWait2LongTimer   Rule = "linux/fin-timeout-long"       // kernel tcp_rcv_state_process
	RuleFinWait2Again       Rule = "linux/fin-timeout-again"      // kernel tcp_keepalive_timer
	RuleFinWait2Fires       Rule = "linux/fin-timeout-fires"      // kernel tw_timer_handler
	RuleFinWait2Over        Rule = "linux/fin-timeout-over"       // kernel inet_twsk_kill
	RuleFinWait2DataReset   Rule = "linux/fin-wait-2-data-reset"  // kernel tcp_rcv_state_process
	RuleFinWait2Data        Rule = "linux/fin-wait-2-data"        // kernel tcp_rcv_state_process

	// TIME-WAIT and the small entry that Linux keeps
	RuleTimeWaitTimer        Rule = "rfc9293/time-wait-timer"          // RFC 9293 §3.10.8; kernel TCP_TIMEWAIT_LEN
	RuleTooManyTimeWaits     Rule = "linux/max-tw-buckets"             // kernel inet_twsk_alloc
	RuleTimeWaitFires        Rule = "rfc9293/time-wait-timer-fires"    // RFC 9293 §3.10.8
	RuleTimeWaitOver         Rule = "rfc9293/time-wait-over"           // RFC 9293 §3.10.8
	RuleTimeWaitAck          Rule = "rfc9293/time-wait-ack"            // RFC 9293 §3.10.7.4
	RuleTimeWaitRestart      Rule = "rfc9293/time-wait-restart"        // RFC 9293 §3.10.7.4
	RuleTimeWaitAgain        Rule = "linux/time-wait-again"            // kernel tcp_timewait_state_process
	RuleTimeWaitAssassinated Rule = "rfc1337/assassination"            // RFC 1337 §2
	RuleTimeWaitNewSyn       Rule = "rfc6191/new-syn"                  // RFC 6191 §2; kernel tcp_timewait_state_process
	RuleTimeWaitReused       Rule = "linux/tw-reuse"                   // kernel tcp_twsk_unique
	RuleMiniUnacceptable     Rule = "linux/fin-wait-2-unacceptable"    // kernel tcp_timewait_state_process
	RuleMiniReset            Rule = "rfc9293/fin-wait-2-reset"         // RFC 9293 §3.10.7.4; kernel tcp_timewait_state_process
	RuleMiniSynReset         Rule = "linux/fin-wait-2-syn"             // kernel tcp_timewait_state_process
	RuleMiniSyn              Rule = "linux/fin-wait-2-syn-end"         // kernel tcp_timewait_state_process
	RuleMiniDataReset        Rule = "linux/fin-wait-2-late-data-reset" // kernel tcp_timewait_state_process
	RuleMiniData             Rule = "linux/fin-wait-2-late-data"       // kernel tcp_timewait_state_process
	RuleMiniFin              Rule = "rfc9293/fin-in-orphan-fin-wait-2" // RFC 9293 §3.10.7.4; kernel tcp_timewait_state_process
	RuleMiniTimeWaitTimer    Rule = "rfc9293/orphan-time-wait-timer"   // RFC 9293 §3.10.8; kernel tcp_timewait_state_process
	RuleMiniFinAck           Rule = "rfc9293/ack-fin-of-orphan"        // RFC 9293 §3.6; kernel tcp_timewait_state_process

	// The link
	RuleLinkFault      Rule = "link/fault"           // the scenario's fault rule
	RuleLinkCut        Rule = "link/cut"             // the link is cut
	RuleCutInFlight    Rule = "link/cut-in-flight"   // the link is cut while it carries the segment
	RuleInputDrop      Rule = "link/input-drop"      // an input
	RuleInputDelay     Rule = "link/input-delay"     // an input
	RuleInputDuplicate Rule = "link/input-duplicate" // an input
	RuleNoHost         Rule = "link/no-host"         // nobody has the address
	RuleHostOff        Rule = "link/host-off"        // the host has no power
)

// Rules lists every rule that the engine can emit, in the order above.
var Rules = []Rule{
	RuleActiveOpen, RuleListenActiveOpen, RuleSendSyn, RulePassiveOpen, RuleListenSyn, RuleSynAck, RuleSynSentSynAck, RuleThirdAck,
	RuleThirdAckArrived, RuleSynSentBadAck, RuleSynSentRetrySoon, RuleSynSentReset, RuleSimultaneousOpen,
	RuleSimultaneousSynAck, RuleSimultaneousEstablished, RuleSynReceivedBadAck, RuleListenAck, RuleNoSocketReset,
	RuleSynAgain, RuleSynCookie, RuleCookieAck, RuleSynAckTimer, RuleSynAckFires, RuleSynAckAgain, RuleSynAckGiveUp, RuleOldRequest, RuleRequestBadAck,
	RuleRequestOutOfWindow, RuleRequestReset, RuleRequestSyn, RuleRequestSynDropped, RuleAbortOnOverflow,
	RuleOverflowAborted, RuleListenerClosedRequest, RuleListenerClosedReset, RuleListenerClosedConnection,
	RuleListenerClosed, RuleSendData, RuleSendOnAck, RuleNodelay, RuleSecondSegmentAck, RuleQuickAck,
	RuleGapFilledAck, RuleOutOfOrderAck, RuleGatherTimer, RuleGatherFires, RuleGatheredAck, RuleDelackTimer, RuleDelackFires, RuleDelayedAck, RuleDelackNearlyDue,
	RuleAckOnRead, RuleWindowUpdate, RuleAckOfUnsent, RuleChallengeOldAck, RuleUnacceptable, RulePawsReject,
	RuleChallengeReset, RuleChallengeSyn, RuleReset, RuleTimerNotNeeded, RuleRetransmitTimer, RuleRetransmitFires,
	RuleRetransmit, RuleNewDataAfterTimeout, RuleResendAfterTimeout, RuleProbeTimer, RuleProbeFires, RuleProbeNewData, RuleProbeResend,
	RuleReorderTimer, RuleReorderFires, RuleFastRetransmit, RuleThreeDuplicates, RulePartialAck, RuleResendLost, RuleGiveUp, RulePersistTimer,
	RulePersistFires, RuleWindowProbe, RuleSmallWindowData, RuleGiveUpProbing, RuleKeepaliveTimer, RuleKeepaliveFires, RuleKeepaliveProbe,
	RuleKeepaliveReset, RuleKeepaliveGiveUp, RuleCloseInEstablished, RuleSendFin, RuleCloseInCloseWait,
	RuleSendLastFin, RuleFinInEstablished, RuleFinInFinWait1, RuleAckSimultaneousFin, RuleFinInFinWait2,
	RuleAckLastFin, RuleFinAcked, RuleClosingAcked, RuleLastAckAcked, RuleCloseInSynSent, RuleShutdownInSynSent,
	RuleCloseUnreadReset, RuleCloseUnread, RuleLingerZeroReset, RuleLingerZero, RuleLinger2Reset, RuleLinger2,
	RuleLinger2OnAckReset, RuleLinger2OnAck, RuleOrphanDataReset, RuleOrphanData, RuleTooManyOrphansReset, RuleTooManyOrphans,
	RuleFinWait2Timer, RuleFinWait2LongTimer, RuleFinWait2Again, RuleFinWait2Fires, RuleFinWait2Over,
	RuleFinWait2DataReset, RuleFinWait2Data, RuleTimeWaitTimer, RuleTooManyTimeWaits, RuleTimeWaitFires, RuleTimeWaitOver, RuleTimeWaitAck,
	RuleTimeWaitRestart, RuleTimeWaitAgain, RuleTimeWaitAssassinated, RuleTimeWaitNewSyn, RuleTimeWaitReused,
	RuleMiniUnacceptable, RuleMiniReset, RuleMiniSynReset, RuleMiniSyn, RuleMiniDataReset, RuleMiniData, RuleMiniFin,
	RuleMiniTimeWaitTimer, RuleMiniFinAck, RuleLinkFault, RuleLinkCut, RuleInputDrop, RuleInputDelay,
	RuleInputDuplicate, RuleHostOff, RuleNoHost, RuleCutInFlight,
}
