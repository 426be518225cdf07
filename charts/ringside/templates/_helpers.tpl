{{- define "ringside.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "ringside.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains (include "ringside.name" .) .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "ringside.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "ringside.selectorLabels" -}}
app.kubernetes.io/name: {{ include "ringside.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "ringside.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "ringside.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "ringside.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "ringside.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "ringside.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end }}

{{- define "ringside.capabilities" -}}
{{- $ofTier := dict
  "full" (list "BPF" "PERFMON" "NET_ADMIN" "SETUID" "SYS_ADMIN")
  "restricted" (list "BPF" "PERFMON" "NET_ADMIN" "SETUID")
  "minimal" (list "BPF" "PERFMON" "SETUID") }}
{{- $granted := list }}
{{- $ofFiles := ternary (list "DAC_READ_SEARCH") list .Values.runtimeFiles.enabled }}
{{- range concat (get $ofTier .Values.security.tier) $ofFiles .Values.security.extraCapabilities | uniq }}
{{- if not (has . $.Values.security.withoutCapabilities) }}{{ $granted = append $granted . }}{{ end }}
{{- end }}
{{- $granted | toYaml }}
{{- end }}

{{/* ringside.yaml: what a container has to be told, and then what the values say. */}}
{{- define "ringside.config" -}}
{{- $kubelet := dict "enabled" .Values.kubelet.enabled }}
{{- if .Values.kubelet.enabled }}
{{- if and .Values.kubelet.insecureSkipVerify .Values.kubelet.caHostPath }}
{{- fail (printf "kubelet.insecureSkipVerify is true and kubelet.caHostPath is %s: the kubelet's certificate is checked, or it isn't" .Values.kubelet.caHostPath) }}
{{- end }}
{{- $_ := set $kubelet "insecure_skip_verify" .Values.kubelet.insecureSkipVerify }}
{{- if .Values.kubelet.caHostPath }}
{{- $_ := set $kubelet "ca_file" "/host/kubelet-ca.crt" }}
{{- end }}
{{- end }}
{{- $config := dict
  "http" (dict "host" "0.0.0.0" "port" .Values.http.port)
  "paths" (dict "cgroupfs" "/host/sys/fs/cgroup")
  "kubelet" $kubelet }}
{{- if .Values.clusterPeers.enabled }}
{{- $_ := set $config "peers" (dict "cluster" (dict "enabled" true "sample_ratio" .Values.clusterPeers.sampleRatio)) }}
{{- end }}
{{- if .Values.runtimeFiles.enabled }}
{{- $_ := set $config "identity" (dict "runtime_files" true) }}
{{- end }}
{{- mergeOverwrite $config (deepCopy .Values.config) | toYaml }}
{{- end }}

{{/* One endpoint of a ServiceMonitor or PodMonitor; takes a monitor's values. */}}
{{- define "ringside.endpoint" -}}
port: http
path: /metrics
interval: {{ .interval }}
scrapeTimeout: {{ .scrapeTimeout }}
# Ringside's labels namespace, pod and container are about the workloads that it watches.
honorLabels: true
relabelings:
  - sourceLabels: [__meta_kubernetes_pod_node_name]
    targetLabel: instance
{{- end }}
