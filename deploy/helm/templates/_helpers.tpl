{{- define "caravan.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "caravan.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: worker
{{- end -}}

{{- define "caravan.labels" -}}
{{ include "caravan.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "caravan.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{- define "caravan.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "caravan.name" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- /* What the chart itself knows, then config, which may not say it again. */ -}}
{{- define "caravan.properties" -}}
{{- range $name := list "group" "kafka.bootstrap.servers" "kafka.group.instance.id" "worker.id" "http.listen" -}}
{{- if hasKey $.Values.config $name -}}
{{- fail (printf "config.%s: the chart sets it; see kafka.bootstrapServers, group and http" $name) -}}
{{- end -}}
{{- end -}}
group = {{ .Values.group }}
kafka.bootstrap.servers = {{ required "kafka.bootstrapServers is needed: HOST:PORT of the cluster" .Values.kafka.bootstrapServers }}
http.listen = {{ ternary "0.0.0.0" "127.0.0.1" .Values.http.exposed }}:{{ .Values.http.port }}
{{- range $name, $value := .Values.config }}
{{ $name }} = {{ $value }}
{{- end }}
{{- end -}}

{{- define "caravan.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "caravan.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{- define "caravan.mounts" -}}
- {name: config, mountPath: /etc/caravan/config, readOnly: true}
{{- if .Values.secrets.files }}
- {name: secrets, mountPath: /etc/caravan/secrets, readOnly: true}
{{- end }}
{{- end -}}
